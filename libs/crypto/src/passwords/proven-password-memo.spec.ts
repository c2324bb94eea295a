import { describe, expect, it } from 'vitest';
import { createProvenPasswordMemo } from './proven-password-memo.ts';

const made = (capacity = 100) => {
  const clock = { now: 1_000 };
  return { clock, memo: createProvenPasswordMemo({ capacity, ttlMs: 500, now: () => clock.now }) };
};

describe('the memo of proven passwords', () => {
  it('knows what it was told, and nothing near it', () => {
    const { memo } = made();
    expect(memo.knows('hash', 'password')).toBe(false);
    memo.remember('hash', 'password');
    expect(memo.knows('hash', 'password')).toBe(true);
    for (const [phc, password] of [
      ['hash', 'passwore'],
      ['hash', ''],
      ['other', 'password'],
      ['hashp', 'assword'],
      ['has', 'hpassword'],
    ] as const) {
      expect(memo.knows(phc, password)).toBe(false);
    }
  });

  it('forgets after its time, which use does not lengthen', () => {
    const { clock, memo } = made();
    memo.remember('hash', 'password');
    clock.now += 499;
    expect(memo.knows('hash', 'password')).toBe(true);
    clock.now += 1;
    expect(memo.knows('hash', 'password')).toBe(false);
  });

  it('knows the password that was proven last, from then on for its time', () => {
    const { clock, memo } = made();
    memo.remember('hash', 'first');
    clock.now += 499;
    memo.remember('hash', 'second');
    expect([memo.knows('hash', 'first'), memo.knows('hash', 'second')]).toEqual([false, true]);
    clock.now += 499;
    expect(memo.knows('hash', 'second')).toBe(true);
  });

  it('knows nothing under the new hash when a password was changed', () => {
    const { memo } = made();
    memo.remember('old hash', 'password');
    expect(memo.knows('new hash', 'password')).toBe(false);
  });

  it('holds no more than its capacity, the last used ones', () => {
    const { memo } = made(2);
    memo.remember('a', 'x');
    memo.remember('b', 'x');
    expect(memo.knows('a', 'x')).toBe(true);
    memo.remember('c', 'x');
    expect(['a', 'b', 'c'].map((phc) => memo.knows(phc, 'x'))).toEqual([true, false, true]);
  });

  it('forgets everything when it is cleared', () => {
    const { memo } = made();
    memo.remember('hash', 'password');
    memo.clear();
    expect(memo.knows('hash', 'password')).toBe(false);
  });

  it('shares nothing with another memo: each has a key of its own', () => {
    made().memo.remember('hash', 'password');
    expect(made().memo.knows('hash', 'password')).toBe(false);
  });
});
