import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { summarize } from './profile-summary.ts';

const root = pathToFileURL(join(import.meta.dirname, '../..')).href;
const frame = (id: number, functionName: string, url = '') => ({ id, callFrame: { functionName, url, lineNumber: 6 } });
const profile = {
  nodes: [
    frame(1, '(idle)'),
    frame(2, 'sign', `${root}/libs/crypto/dist/src/sign.js`),
    frame(3, 'parse', `${root}/node_modules/zod/v4/core/parse.js`),
    frame(4, '(garbage collector)'),
  ],
  startTime: 1_000,
  samples: [2, 1, 3, 3, 4, 2],
  timeDeltas: [0, 1_000, 1_000, 1_000, 1_000, 1_000],
};

it('adds the self time inside the windows by room, package and function, and leaves out what waits', () => {
  const { busyMs, spanMs, packages, functions } = summarize(profile, [[1_000, 5_500]]);
  expect([spanMs, busyMs]).toEqual([4.5, 4]);
  expect(packages).toEqual([
    { name: 'zod', ms: 2 },
    { name: 'libs/crypto', ms: 1 },
    { name: '(garbage collector)', ms: 1 },
  ]);
  expect(functions.map(({ name }) => name)).toEqual([
    'parse  node_modules/zod/v4/core/parse.js:7',
    'sign  libs/crypto/dist/src/sign.js:7',
    '(garbage collector)',
  ]);
});
