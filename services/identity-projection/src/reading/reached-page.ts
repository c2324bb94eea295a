import { fail } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { RowQuery, StoredRow, View } from '@evident/read-model';
import { pagesOf } from './pages-of.ts';
import type { Found, Reading } from './reading.ts';

export interface ReachedPage<Row extends JsonObject> {
  readonly rows: readonly StoredRow<Row>[];
  /** How many there are in all that are shown. */
  readonly total: number;
}

export interface ReachedRequest {
  readonly skip: number;
  readonly limit: number;
  /** Milliseconds since the epoch; nobody waits for the answer after it. */
  readonly deadline: number;
}

/**
 * One page of the rows that are shown to this caller, in the order of the index, and how many there are. Reads what the
 * query names whole, so it is for callers who may see some; who may see all is answered by an index and a count.
 */
export async function reachedPage<Row extends JsonObject>(
  { store, now }: Pick<Reading, 'store' | 'now'>,
  view: View<Row>,
  query: Pick<RowQuery<Row>, 'index' | 'where' | 'from' | 'to' | 'order'>,
  shows: (key: string, row: Row) => boolean,
  { skip, limit, deadline }: ReachedRequest,
): Promise<Found<ReachedPage<Row>>> {
  const rows: StoredRow<Row>[] = [];
  let total = 0;
  for await (const page of pagesOf(store, view, query)) {
    for (const stored of page) {
      if (stored.row === undefined || !shows(stored.key, stored.row)) continue;
      if (total >= skip && rows.length < limit) rows.push(stored);
      total += 1;
    }
    if (now() > deadline) return fail('deadline.passed');
  }
  return { found: { rows, total } };
}
