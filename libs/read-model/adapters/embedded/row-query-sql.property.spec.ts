import { array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowQuery } from '../../src/row-query.ts';
import { selectByIndex } from './row-query-sql.ts';

const indexes = [['number'], ['name', 'number'], ['isActive', 'name', 'number']];

const value = constantFrom('a', 'b', 1, 2, true, false, null);
const queries = record({
  index: constantFrom<readonly string[]>([], ...indexes),
  equal: array(value, { maxLength: 3 }),
  range: option(record({ from: option(integer(), { nil: undefined }), to: option(integer(), { nil: undefined }) }), {
    nil: undefined,
  }),
  descending: boolean(),
  limit: integer({ min: 0, max: 100 }),
}).map(({ index, equal, range, descending, limit }) => {
  const where = Object.fromEntries(index.slice(0, equal.length).map((member, at) => [member, equal[at] ?? null]));
  return { index, where, ...range, order: descending ? 'desc' : 'asc', limit } as unknown as RowQuery;
});

describe('the shape of a query', () => {
  it('is the same for two queries exactly where they are the same statement', () => {
    assert(
      property(queries, queries, (one, other) => {
        const [a, b] = [selectByIndex('users', indexes, one), selectByIndex('users', indexes, other)];
        expect(a.shape === b.shape).toBe(a.sql() === b.sql());
      }),
      { numRuns: 5_000 },
    );
  });

  it('has a parameter for each value, in order, and for how many rows', () => {
    assert(
      property(queries, (query) => {
        const { sql, values } = selectByIndex('users', indexes, query);
        expect(sql().match(/\?/g)).toHaveLength(values.length);
      }),
    );
  });
});
