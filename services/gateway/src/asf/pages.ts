import type { Reply } from '@evident/contracts';
import { z } from 'zod';
import { integerInQuery } from './numbers.ts';

export const pageQuery = {
  skip: integerInQuery(0, Number.MAX_SAFE_INTEGER, 0).meta({ description: 'How many to leave out at the beginning.' }),
  limit: integerInQuery(1, 1_000, 100),
};
export const pageShape = z.object(pageQuery);

export interface Page {
  readonly skip: number;
  readonly limit: number;
}

/**
 * At most this many objects in one message: even of the longest names and addresses they stay below the 256 KiB that
 * a message may have. Longer lists are pulled piece by piece.
 */
const perMessage = 100;

/** Pulls one page of a list. A list that changes meanwhile may miss or repeat an entry at the seam of two pieces. */
export async function pullPage<Item>(
  { skip, limit }: Page,
  ask: (piece: Page) => Promise<Reply<{ readonly items: readonly Item[]; readonly total: number }>>,
): Promise<Reply<{ readonly items: readonly Item[]; readonly total: number }>> {
  const first = await ask({ skip, limit: Math.min(limit, perMessage) });
  if (!first.ok || limit <= perMessage) return first;
  const items = [...first.value.items];
  let { total } = first.value;
  while (items.length < limit && skip + items.length < total) {
    const piece = await ask({ skip: skip + items.length, limit: Math.min(limit - items.length, perMessage) });
    if (!piece.ok) return piece;
    if (piece.value.items.length === 0) break;
    items.push(...piece.value.items);
    total = piece.value.total;
  }
  return { ok: true, value: { items, total } };
}
