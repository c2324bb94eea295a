import { expect, it } from 'vitest';
import { idInPath } from '../src/asf/numbers.ts';
import { integerInQuery } from '../src/http/numbers.ts';
import { listQuery } from '../src/usso/pages.ts';

it.each([
  ['an id in a path', idInPath],
  ['a limit in a query', integerInQuery(1, 100, 10)],
  ['a limit of the second contract', listQuery({}).shape.limit],
])('%s that is no integer is told so in words', (_what, shape) => {
  expect(shape.safeParse('abc').error?.issues).toMatchObject([
    {
      message: 'Input should be a valid integer, unable to parse string as an integer',
      params: { type: 'int_parsing' },
    },
  ]);
});
