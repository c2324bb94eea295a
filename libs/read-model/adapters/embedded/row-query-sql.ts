import { isSame, useOfIndex } from '../../src/index-use.ts';
import type { IndexedValue, RowQuery } from '../../src/row-query.ts';
import { column, type Indexes, indexName, quote } from './view-schema.ts';

interface Select {
  readonly sql: string;
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
  const columns = [...query.index.map(column), 'key'];
  const clauses = ['removed = 0'];
  const values: (string | number)[] = [];
  const add = (name: string | undefined, operator: '=' | '>=' | '<', value: IndexedValue | undefined) => {
    if (value === undefined) return;
    clauses.push(value === null ? `${name} IS NULL` : `${name} ${operator} ?`);
    if (value !== null) values.push(typeof value === 'boolean' ? Number(value) : value);
  };
  equal.forEach((value, place) => {
    add(columns[place], '=', value);
  });
  add(columns[equal.length], '>=', from);
  add(columns[equal.length], '<', to);

  const order = columns.slice(equal.length).map((each) => each + (descending ? ' DESC' : ''));
  values.push(limit, skip);
  return {
    sql: `SELECT key, position, late, row FROM ${quote(table)}${indexHint(table, indexes, query.index)}
      WHERE ${clauses.join(' AND ')} ORDER BY ${order.join(', ')} LIMIT ${bound} OFFSET ${bound}`,
    values,
  };
}

function indexHint(table: string, indexes: Indexes, index: readonly string[]): string {
  if (index.length === 0) return '';
  return ` INDEXED BY ${quote(
    indexName(
      table,
      indexes.findIndex((each) => isSame(each, index)),
    ),
  )}`;
}
