import type { Json } from '@evident/event-store';
import { type AnyView, type StoredRow, viewId } from '../src/read-model.port.ts';
import { ReadModelFault } from '../src/read-model-fault.ts';
import type { RowQuery } from '../src/row-query.ts';

/** How a query model may be wrong on purpose. */
export interface QueryFlaws {
  readonly needsNoIndex?: boolean;
  readonly listsRemoved?: boolean;
  readonly byCodeUnit?: boolean;
  readonly foldsCase?: boolean;
  readonly includesEnd?: boolean;
}

/** What `find` answers, said as plainly as it can be: filter everything, sort everything, cut. */
export function queryRows(
  view: AnyView,
  rows: readonly StoredRow[],
  query: RowQuery,
  flaws: QueryFlaws = {},
): readonly StoredRow[] {
  const { index, where = {}, startsWith, from, to, order = 'asc', skip = 0, limit } = query;
  if (flaws.needsNoIndex !== true) refuseUnserved(view, query);
  const named = Object.keys(where);
  const next = index[named.length];
  const fold = (text: string) => (flaws.foldsCase === true ? text.toLowerCase() : text);
  const compare = (a: Json, b: Json) => compareValues(a, b, flaws.byCodeUnit === true);
  const found = rows.filter(({ key, row }) => {
    if (row === undefined) return flaws.listsRemoved === true;
    const value = next === undefined ? key : (row[next] ?? null);
    if (!named.every((member) => (row[member] ?? null) === where[member])) return false;
    if (startsWith !== undefined && !(typeof value === 'string' && fold(value).startsWith(fold(startsWith))))
      return false;
    if (value === null) return from === undefined && to === undefined;
    if (from !== undefined && compare(value, from) < 0) return false;
    return to === undefined || compare(value, to) < (flaws.includesEnd === true ? 1 : 0);
  });
  const place = ({ key, row }: StoredRow): readonly Json[] => [...index.map((member) => row?.[member] ?? null), key];
  found.sort((a, b) => comparePlaces(place(a), place(b), compare) * (order === 'asc' ? 1 : -1));
  return found.slice(skip, skip + limit);
}

/** Null, then false and true and numbers, then text by code point. */
function compareValues(a: Json, b: Json, byCodeUnit = false): number {
  const rank = (value: Json) => (value === null ? 0 : typeof value === 'string' ? 2 : 1);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'string' && typeof b === 'string')
    return byCodeUnit ? (a < b ? -1 : Number(a > b)) : byCodePoint(a, b);
  return Number(a) - Number(b);
}

export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function comparePlaces(a: readonly Json[], b: readonly Json[], compare: (a: Json, b: Json) => number): number {
  for (const [at, value] of a.entries()) {
    const order = compare(value, b[at] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function refuseUnserved(view: AnyView, query: RowQuery): void {
  const { index, where = {}, startsWith, from, to, skip = 0, limit } = query;
  const same = (declared: readonly string[]) => JSON.stringify(declared) === JSON.stringify(index);
  const leading = index.slice(0, Object.keys(where).length);
  const served =
    [...view.indexes, []].some(same) &&
    Object.keys(where).every((member) => leading.includes(member)) &&
    !(startsWith !== undefined && (from !== undefined || to !== undefined)) &&
    [skip, limit].every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!served) throw new ReadModelFault('misuse', `${viewId(view)}: no index serves this`);
}
