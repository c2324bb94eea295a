import { expect, test } from 'vitest';
import { delegable, uncovered } from './index.ts';

/** What one question spends and finds, where so much may be compared. */
function spent(wanted: readonly string[], held: readonly string[], left = Number.MAX_SAFE_INTEGER) {
  const effort = { left };
  return { found: uncovered(wanted, held, effort).length, steps: left - effort.left };
}

const hundred = [...Array(100).keys()];
/** After the star nearly all of it fits at every place of the other, and at its last letter never. */
const hostile = hundred.map((n) => `read:*${'a'.repeat(240)}b${n}*`);
const long = hundred.map((n) => `read:b${'a'.repeat(490)}${n}`);

test('everyday scopes are compared to the end, far below what one question may compare', () => {
  const named = ['create', 'read', 'update', 'delete'].flatMap((verb) =>
    hundred.map((n) => `${verb}:shop-${n % 50}/order-${n}`),
  );
  const { found, steps } = spent(named, [...named.slice(1), 'read:shop-*/invoice-*', '*:billing/*']);
  expect(found).toBe(0);
  expect(steps).toBeLessThan(200_000);
});

test('a pattern that is the same on both sides is not compared letter by letter', () => {
  const pattern = '*a'.repeat(200);
  expect(spent([`read:${pattern}`], [`create:${pattern}`])).toEqual({ found: 0, steps: 1 });
  expect(spent(hostile, hostile)).toEqual({ found: 0, steps: 0 });
});

test('what is compared for one question is bounded, whatever is asked', () => {
  const most = 1_000_000;
  const { found, steps } = spent(long, hostile, most);
  expect(found).toBe(long.length);
  expect(steps).toBe(most);
});

test('what could not be compared any more counts as not covered, and what was before stays covered', () => {
  const last = `read:b${'*'.repeat(400)}`;
  expect(spent(long, [...hostile, last], 10_000_000).found).toBe(99);
  expect(delegable({ held: [...hostile, last], wanted: long })).toMatchObject({ allowed: false });
  expect(delegable({ held: [last], wanted: long })).toEqual({ allowed: true });
});

test('what a short scope covers is handed on whatever else is held', () => {
  expect(delegable({ held: [...hostile, 'read:*'], wanted: long })).toEqual({ allowed: true });
});
