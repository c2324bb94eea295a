import { describe, expect, test } from 'vitest';
import { sameJson } from './same-json.ts';

describe('the same JSON', () => {
  test('is so whatever the order of members, at any depth', () => {
    expect(sameJson({ a: 1, b: { c: [1, { d: null }] } }, { b: { c: [1, { d: null }] }, a: 1 })).toBe(true);
  });

  test.each<[unknown, unknown]>([
    [{}, 5],
    [5, {}],
    [{}, null],
    [null, {}],
    [{}, []],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1, b: 1 }, { a: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ a: {} }, { a: 5 }],
    ['1', 1],
  ])('is not that of %j and %j', (one, other) => {
    expect(sameJson(one, other)).toBe(false);
  });
});
