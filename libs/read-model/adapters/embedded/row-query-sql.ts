import { isSame, useOfIndex } from '../../src/index-use.ts';
import type { IndexedValue, RowQuery } from '../../src/row-query.ts';
import { rowColumns } from './row-encoding.ts';
import { column, type Indexes, indexName, quote } from './view-schema.ts';

interface Select {
  /** The same for all queries that are the same statement, so that it is neither written nor compiled again. */
  readonly shape: number;
  /** Of these columns, which are those of a row unless said. */
  readonly sql: (columns?: string) => string;
  readonly values: readonly (string | number)[];
}

/**
 * A number of rows, as a parameter. SQLite compiles a statement again whenever a parameter that is the whole of `LIMIT`
 * is bound, to plan for its value; a part of an expression it does not look into.
 */
export const bound = '?+0';

/** Only shapes that one index serves become SQL, and `INDEXED BY` holds the planner to it. */
export function selectByIndex(table: string, indexes: Indexes, query: RowQuery): Select {
  const { equal, from, to, descending, skip, limit } = useOfIndex(table, indexes, query);
  const place = query.index.length === 0 ? -1 : indexes.findIndex((each) => isSame(each, query.index));
  const values: (string | number)[] = [];
  let shape = place + 1;
  const add = (value: IndexedValue | undefined) => {
    shape = shape * 3 + (value === undefined ? 0 : value === null ? 1 : 2);
    if (value === undefined || value === null) return;
    values.push(typeof value === 'boolean' ? Number(value) : value);
  };
  for (const value of equal) add(value);
  // Their number too, so that an equality of one query is never taken for a bound of another.
  shape = shape * 16 + equal.length;
  add(from);
  add(to);
  values.push(limit, skip);
  const sql = (selected = rowColumns) =>
    selectSql(table, selected, { place, index: query.index, equal, from, to, descending });
  return { shape: shape * 2 + Number(descending), sql, values };
}

interface Clauses {
  /** Of the index among those of the view, -1 for the key alone. */
  readonly place: number;
  readonly index: readonly string[];
  readonly equal: readonly IndexedValue[];
  readonly from: string | number | undefined;
  readonly to: string | number | undefined;
  readonly descending: boolean;
}

function selectSql(table: string, selected: string, { place, index, equal, from, to, descending }: Clauses): string {
  const columns = [...index.map(column), 'key'];
  const next = columns[equal.length];
  const clauses = [
    'removed = 0',
    ...equal.map((value, at) => `${columns[at]} ${value === null ? 'IS NULL' : '= ?'}`),
    ...(from === undefined ? [] : [`${next} >= ?`]),
    ...(to === undefined ? [] : [`${next} < ?`]),
  ];
  const order = columns.slice(equal.length).map((each) => each + (descending ? ' DESC' : ''));
  const hint = place < 0 ? '' : ` INDEXED BY ${quote(indexName(table, place))}`;
  return `SELECT ${selected} FROM ${quote(table)}${hint}
    WHERE ${clauses.join(' AND ')} ORDER BY ${order.join(', ')} LIMIT ${bound} OFFSET ${bound}`;
}
