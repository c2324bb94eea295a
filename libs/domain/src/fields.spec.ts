import { describe, expect, test } from 'vitest';
import { instant, keyedHash, revision, serial, uuid } from './fields.ts';

const id = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';

describe('what is stored', () => {
  test.each([
    ['an instant', instant, [0, 1_800_000_000_000], [-1, 0.5, '5', null]],
    [
      'a keyed hash',
      keyedHash,
      ['k1.a', 'k12.A-z_0'],
      ['k1.', 'k.a', '1.a', ' k1.a', 'xk1.a', 'k1.a=', 'k1.a b', 'k1.a\n'],
    ],
    ['an integer id', serial, [1, 2], [0, -1, 1.5]],
    ['a revision', revision, [-1, 0, 7], [-2, 0.5]],
    ['an id', uuid, [id], [`${id}0`, id.slice(1), '', 'jdoe']],
  ] as const)('of %s is of its shape', (_what, shape, good, bad) => {
    for (const value of good) expect(shape.safeParse(value).success, JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(shape.safeParse(value).success, JSON.stringify(value)).toBe(false);
  });
});
