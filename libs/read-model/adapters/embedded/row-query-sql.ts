import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { IndexedValue, RowQuery } from '../../src/row-query.ts';
import { textAfterPrefix } from '../../src/text-prefix.ts';
import { column, type Indexes, indexName, quote } from './view-schema.ts';

interface Select {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

type Condition = readonly [operator: '=' | '>=' | '<', value: IndexedValue];

/** Only shapes that one index serves become SQL, and `INDEXED BY` holds the planner to it. */
export function selectByIndex(table: string, indexes: Indexes, query: RowQuery): Select {
  const columns = [...query.index.map(column), 'key'];
  const equal = equalities(table, query);
  const clauses = ['removed = 0'];
  const values: (string | number)[] = [];
  const add = (name: string | undefined, [operator, value]: Condition) => {
    clauses.push(value === null ? `${name} IS NULL` : `${name} ${operator} ?`);
    if (value !== null) values.push(typeof value === 'boolean' ? Number(value) : value);
  };
  equal.forEach((value, place) => {
    add(columns[place], ['=', value]);
  });
  for (const bound of bounds(table, query)) add(columns[equal.length], bound);

  const direction = query.order === 'desc' ? ' DESC' : '';
  const order = columns.slice(equal.length).map((each) => each + direction);
  values.push(count(table, query.limit), count(table, query.skip ?? 0));
  return {
    sql: `SELECT key, position, late, row FROM ${quote(table)}${indexHint(table, indexes, query.index)}
      WHERE ${clauses.join(' AND ')} ORDER BY ${order.join(', ')} LIMIT ? OFFSET ?`,
    values,
  };
}

function indexHint(table: string, indexes: Indexes, index: readonly string[]): string {
  if (index.length === 0) return '';
  const place = indexes.findIndex(
    (each) => each.length === index.length && each.every((member, at) => member === index[at]),
  );
  if (place < 0) throw misuse(table, `[${index.join(', ')}] is not declared`);
  return ` INDEXED BY ${quote(indexName(table, place))}`;
}

function equalities(table: string, { where = {}, index }: RowQuery): readonly IndexedValue[] {
  const named = Object.keys(where).filter((member) => where[member] !== undefined);
  const leading = index.slice(0, named.length);
  const astray = named.find((member) => !leading.includes(member));
  if (astray !== undefined)
    throw misuse(table, `${astray} is not among the first ${named.length} of [${index.join(', ')}]`);
  return leading.map((member) => where[member] ?? null);
}

function bounds(table: string, { startsWith, from, to }: RowQuery): readonly Condition[] {
  if (startsWith !== undefined && (from !== undefined || to !== undefined))
    throw misuse(table, 'a range and a prefix at once');
  const low = startsWith ?? from;
  const high = startsWith === undefined ? to : textAfterPrefix(startsWith);
  const range: Condition[] = [];
  if (low !== undefined) range.push(['>=', low]);
  if (high !== undefined) range.push(['<', high]);
  return range;
}

function count(table: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw misuse(table, `not a number of rows: ${value}`);
}

function misuse(table: string, what: string): ReadModelFault {
  return new ReadModelFault('misuse', `${table}: no index serves this query: ${what}`);
}
