import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CreationRequest, fail, isBounded } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { RowQuery, View } from '@evident/read-model';
import { creationBounds } from './creation-bounds.ts';
import type { ReachedPage, ReachedRequest } from './reached-page.ts';
import { readTotal } from './read-total.ts';
import type { Found, Reading } from './reading.ts';

/** Keys counted at a time; other requests get their turn between two of them. */
const countedAtATime = 10_000;

export interface WholeList<Row extends JsonObject> extends Pick<RowQuery<Row>, 'index' | 'where'> {
  readonly view: View<Row>;
  /** Keys of the rows that count it. */
  readonly totals: readonly string[];
}

/**
 * One page of a list of which the caller may see all, in the order of its index. Whatever page is asked for, it costs
 * that page alone, and the total is kept; what was made within a range of time is counted by the index.
 */
export async function wholePage<Row extends JsonObject>(
  reading: Pick<Reading, 'store' | 'now'>,
  { view, totals, ...list }: WholeList<Row>,
  { skip, limit, deadline, ...creation }: ReachedRequest & CreationRequest,
): Promise<Found<ReachedPage<Row>>> {
  const query = { ...list, ...creationBounds(creation) };
  const total = isBounded(creation)
    ? await countByIndex(reading, view, query, deadline)
    : { found: await readTotal(reading, totals) };
  if ('error' in total) return total;
  return { found: { rows: await reading.store.find(view, { ...query, skip, limit }), total: total.found } };
}

async function countByIndex<Row extends JsonObject>(
  { store, now }: Pick<Reading, 'store' | 'now'>,
  view: View<Row>,
  query: Omit<RowQuery<Row>, 'skip' | 'limit'>,
  deadline: number,
): Promise<Found<number>> {
  for (let counted = 0; ; ) {
    const keys = await store.findKeys(view, { ...query, skip: counted, limit: countedAtATime });
    counted += keys.length;
    if (keys.length < countedAtATime) return { found: counted };
    if (now() > deadline) return fail('deadline.passed');
    await nextTurn();
  }
}
