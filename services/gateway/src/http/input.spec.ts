import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseFormBody } from './form-body.ts';
import { type InputProblem, readInput } from './input.ts';

it('names a hundred problems of a body and no more: the answer would be many times what was sent', () => {
  const members = Array.from({ length: 9_000 }, (_, place) => [`m${place}`, 1]);
  const body = { workspace_roles: Object.fromEntries(members) };
  const problems: InputProblem[] = [];
  const shape = z.object({ workspace_roles: z.record(z.string(), z.array(z.string())) });
  readInput({ body: shape }, { params: {}, query: {}, body }, problems);
  expect(problems).toHaveLength(100);
  expect(problems[0]).toEqual({
    loc: ['body', 'workspace_roles', 'm0'],
    msg: 'Input should be a valid list',
    type: 'list_type',
  });
});

it('repeats so much of a long name and no more, however many problems are under it', () => {
  const body = { workspace_roles: { [`${'k'.repeat(63)}😀${'k'.repeat(50_000)}`]: Array(100).fill(1) } };
  const problems: InputProblem[] = [];
  const shape = z.object({ workspace_roles: z.record(z.string(), z.array(z.string())) });
  readInput({ body: shape }, { params: {}, query: {}, body }, problems);
  expect(problems).toHaveLength(100);
  expect(problems[99]?.loc).toEqual(['body', 'workspace_roles', 'k'.repeat(63), 99]);
});

it.each([
  ['limit', z.coerce.number()],
  ['q', z.string().optional()],
  ['order', z.enum(['asc', 'desc'])],
])('says of a parameter that came twice that it did: %s', (name, shape) => {
  const problems: InputProblem[] = [];
  readInput({ query: z.object({ [name]: shape }) }, { params: {}, query: { [name]: ['5', '6'] }, body: {} }, problems);
  expect(problems).toEqual([{ loc: ['query', name], msg: 'Input should be given once', type: 'string_type' }]);
});

it('says the same of a field of a form, and of a list in JSON that it is none', () => {
  const shape = z.object({ username: z.string() });
  const problemOf = (body: unknown) => {
    const problems: InputProblem[] = [];
    readInput({ body: shape }, { params: {}, query: {}, body }, problems);
    return problems.map(({ loc, msg }) => [loc.join('.'), msg]);
  };
  expect(problemOf(parseFormBody(Buffer.from('username=a&username=b')))).toEqual([
    ['body.username', 'Input should be given once'],
  ]);
  expect(problemOf({ username: [] })).toEqual([['body.username', 'Input should be a valid string']]);
});
