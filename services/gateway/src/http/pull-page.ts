import type { Reply } from '@evident/contracts';

/** A part of a list, by how many to leave out at its beginning. */
export interface Page {
  readonly skip: number;
  readonly limit: number;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/**
 * At most this many objects in one message: even of the longest names and addresses they stay below the 256 KiB that
 * a message may have. Longer lists are pulled piece by piece.
 */
const perMessage = 100;

/** Pulls one page of a list. A list that changes meanwhile may miss or repeat an entry at the seam of two pieces. */
export async function pullPage<Item>(
  { skip, limit }: Page,
  ask: (piece: Page) => Promise<Reply<PageOf<Item>>>,
): Promise<Reply<PageOf<Item>>> {
  const first = await ask({ skip, limit: Math.min(limit, perMessage) });
  if (!first.ok) return first;
  const items = [...first.value.items];
  let { total } = first.value;
  let isEnd = items.length === 0;
  while (!isEnd && items.length < limit && skip + items.length < total) {
    const piece = await ask({ skip: skip + items.length, limit: Math.min(limit - items.length, perMessage) });
    if (!piece.ok) return piece;
    isEnd = piece.value.items.length === 0;
    items.push(...piece.value.items);
    total = piece.value.total;
  }
  return { ok: true, value: { items, total } };
}
