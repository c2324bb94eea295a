import type * as crypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';

const compared = vi.hoisted(() => ({ times: 0 }));
vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof crypto>();
  const timingSafeEqual: typeof original.timingSafeEqual = (a, b) => {
    compared.times += 1;
    return original.timingSafeEqual(a, b);
  };
  return { ...original, timingSafeEqual };
});

const { createKeyedHash } = await import('./keyed-hash.ts');
const { createProvenPasswordMemo } = await import('./passwords/proven-password-memo.ts');
const { equalText } = await import('./text/equal-text.ts');

/** No time is measured: what counts is that the comparison is the one made for secrets, whatever the outcome. */
describe('secrets are compared in constant time', () => {
  afterEach(() => {
    compared.times = 0;
  });

  it.each([
    ['equal', 'abcd', 'abcd'],
    ['different at the start', 'abcd', 'xbcd'],
    ['different at the end', 'abcd', 'abcx'],
  ])('texts that are %s', (_, a, b) => {
    expect(equalText(a, b)).toBe(a === b);
    expect(compared.times).toBe(1);
  });

  it('keyed hashes', () => {
    const { equal, hash } = createKeyedHash([{ number: 1, key: Buffer.alloc(32, 1) }]);
    expect([equal(hash('p', 'a'), hash('p', 'a')), equal(hash('p', 'a'), hash('p', 'b'))]).toEqual([true, false]);
    expect(compared.times).toBe(2);
  });

  it('remembered proofs', () => {
    const memo = createProvenPasswordMemo({ capacity: 1, ttlMs: 1, now: () => 0 });
    memo.remember('hash', 'password');
    expect([memo.knows('hash', 'password'), memo.knows('hash', 'passwore')]).toEqual([true, false]);
    expect(compared.times).toBe(2);
  });
});
