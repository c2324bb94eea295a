import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonObject } from '@evident/event-store';
import type { ReadModelStore, RowQuery, StoredRow, View } from '@evident/read-model';

/** Rows read at a time; other requests get their turn between two of them. */
const pageSize = 500;

/**
 * All live rows that a query names, in the order of its index, in pages each of which begins where the one before ended: so
 * nobody is left out because others go or come meanwhile. A row that itself moves on may come twice. The first member of
 * the index that `where` does not name holds text, or whole numbers.
 */
export async function* pagesOf<Row extends JsonObject>(
  store: Pick<ReadModelStore, 'find'>,
  view: View<Row>,
  query: Omit<RowQuery<Row>, 'skip' | 'limit'>,
): AsyncGenerator<readonly StoredRow<Row>[]> {
  const member = query.index[Object.keys(query.where ?? {}).length];
  for (let last: string | number | undefined, rest = query, skip = 0; ; ) {
    const page = await store.find(view, { ...rest, skip, limit: pageSize });
    yield page;
    if (page.length < pageSize) return;
    const end = placeOf(page.at(-1), member);
    if (end === undefined)
      throw new TypeError(`${view.name}: nothing orders what [${query.index.join(', ')}] tells apart`);
    // Several may have the same place: they are passed over by number.
    skip = page.filter((stored) => placeOf(stored, member) === end).length + (end === last ? skip : 0);
    last = end;
    rest = query.order === 'desc' ? { ...query, to: placeAfter(end) } : { ...query, from: end };
    await nextTurn();
  }
}

function placeOf<Row extends JsonObject>(
  stored: StoredRow<Row> | undefined,
  member: (keyof Row & string) | undefined,
): string | number | undefined {
  const place = member === undefined ? undefined : stored?.row?.[member];
  return typeof place === 'string' || typeof place === 'number' ? place : undefined;
}

/** The end of a range is exclusive. */
function placeAfter(place: string | number): string | number {
  return typeof place === 'number' ? place + 1 : `${place}\0`;
}
