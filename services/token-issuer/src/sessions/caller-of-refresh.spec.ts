import type { KeyedHash } from '@evident/crypto';
import { expect, it } from 'vitest';
import { callerOfRefresh } from './caller-of-refresh.ts';

/** Hashes that can be read. */
const lookupWith = (current: number): KeyedHash => {
  const hashWith = (number: number, ...what: readonly string[]) =>
    number > current ? undefined : `k${number}.${what.join('/')}`;
  return {
    current,
    hashWith,
    hash: (...what: readonly string[]) => hashWith(current, ...what),
  } as unknown as KeyedHash;
};
const here = { clientIp: '192.0.2.1', userAgent: 'browser' };

it('a client is known by address and agent, under every lookup key there is', () => {
  const hashed = (number: number) => `k${number}.refresh-caller/["192.0.2.1","browser"]`;
  expect(callerOfRefresh(lookupWith(1), here)).toEqual({ current: hashed(1), all: [hashed(1)] });
  expect(callerOfRefresh(lookupWith(3), here)).toEqual({ current: hashed(3), all: [1, 2, 3].map(hashed) });
});

it('a client of whom nothing is known is one and the same', () => {
  expect(callerOfRefresh(lookupWith(1), {}).current).toBe('k1.refresh-caller/["",""]');
});
