import { describe, expect, it } from 'vitest';
import { type InputProblem, readInput } from '../src/http/input.ts';
import { listQuery, pageOf } from '../src/usso/pages.ts';

const query = listQuery({});
const pageFor = (asked: Readonly<Record<string, unknown>>) => pageOf(query.parse(asked));

describe('a page', () => {
  it.each([
    [{}, { skip: 0, limit: 10 }],
    [{ limit: '25' }, { skip: 0, limit: 25 }],
    [
      { offset: '30', limit: '15' },
      { skip: 30, limit: 15 },
    ],
    [{ page: '1' }, { skip: 0, limit: 10 }],
    [
      { page: '3', limit: '20' },
      { skip: 40, limit: 20 },
    ],
    [
      { page: '3', offset: '7' },
      { skip: 7, limit: 10 },
    ],
    [{ limit: '100' }, { skip: 0, limit: 100 }],
    [{ limit: '101' }, { skip: 0, limit: 100 }],
    [{ limit: '9'.repeat(400) }, { skip: 0, limit: 100 }],
    [
      { page: '2', limit: '1000' },
      { skip: 100, limit: 100 },
    ],
    [{ offset: '9'.repeat(30) }, { skip: Number.MAX_SAFE_INTEGER, limit: 10 }],
    [{ page: '9'.repeat(30) }, { skip: Number.MAX_SAFE_INTEGER, limit: 10 }],
  ])('of %j is %j', (asked, expected) => {
    expect(pageFor(asked)).toEqual(expected);
  });

  it.each([
    ['limit', '0', 'greater_than_equal'],
    ['limit', '-1', 'greater_than_equal'],
    ['limit', 'ten', 'int_parsing'],
    ['limit', '', 'int_parsing'],
    ['limit', '1.5', 'int_parsing'],
    ['limit', '1e2', 'int_parsing'],
    ['page', '0', 'greater_than_equal'],
    ['page', 'x', 'int_parsing'],
    ['offset', '-1', 'greater_than_equal'],
    ['offset', 'NaN', 'int_parsing'],
    ['limit', ['1', '2'], 'string_type'],
  ])('refuses %s=%j', (name, value, type) => {
    const problems: InputProblem[] = [];
    readInput({ query }, { params: {}, query: { [name]: value }, body: undefined }, problems);
    expect(problems).toMatchObject([{ loc: ['query', name], type }]);
  });
});
