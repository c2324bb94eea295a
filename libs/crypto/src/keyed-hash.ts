import { createSecretKey, type KeyObject } from 'node:crypto';
import { equalText } from './text/equal-text.ts';
import { macText } from './text/mac.ts';

/** One numbered lookup key of a keyring; at least 32 bytes. */
export interface NumberedKey {
  readonly number: number;
  readonly key: Buffer;
}

/** Hashes for look-ups: equal values give equal hashes, and nothing is learnt from one without the key. */
export interface KeyedHash {
  /** Number of the key that `hash` uses: the highest one given. */
  readonly current: number;
  /** `k<number>.<43 characters of base64url>`. The purpose separates domains: one value, two purposes, two hashes. */
  hash(purpose: string, value: string): string;
  /** The same under an older key (to find what was stored before a rotation); undefined where there is no such key. */
  hashWith(number: number, purpose: string, value: string): string | undefined;
  /** Constant-time comparison of two such hashes. */
  equal(a: string, b: string): boolean;
}

/** HMAC-SHA256 (RFC 2104) under numbered keys. Throws `RangeError` without a key, on a short one or on one number twice. */
export function createKeyedHash(keys: readonly NumberedKey[]): KeyedHash {
  const byNumber = new Map<number, KeyObject>();
  for (const { number, key } of keys) {
    if (key.length < 32) throw new RangeError(`lookup key ${number} has fewer than 32 bytes`);
    if (byNumber.has(number)) throw new RangeError(`lookup key ${number} is given twice`);
    byNumber.set(number, createSecretKey(key));
  }
  const current = Math.max(...byNumber.keys());
  const currentKey = byNumber.get(current);
  if (currentKey === undefined) throw new RangeError('a keyed hash needs at least one lookup key');

  const text = (number: number, key: KeyObject, purpose: string, value: string) =>
    `k${number}.${macText(key, purpose, value)}`;
  return {
    current,
    hash: (purpose, value) => text(current, currentKey, purpose, value),
    hashWith(number, purpose, value) {
      const key = byNumber.get(number);
      return key === undefined ? undefined : text(number, key, purpose, value);
    },
    equal: equalText,
  };
}
