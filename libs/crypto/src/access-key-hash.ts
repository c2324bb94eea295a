import type { KeyedHash } from './keyed-hash.ts';

/** Separates the hashes of access keys from those of other things. */
const purpose = 'access-key';

/** What is stored of an access key, so that it can be recognised. */
export function hashAccessKey(lookup: Pick<KeyedHash, 'hash'>, key: string): string {
  return lookup.hash(purpose, key);
}

/** Whether a stored hash is of this key, also under a lookup key that is no longer the newest. */
export function isHashOfAccessKey(lookup: Pick<KeyedHash, 'hashWith' | 'equal'>, stored: string, key: string): boolean {
  const number = Number(/^k(\d+)\./.exec(stored)?.[1]);
  const hash = lookup.hashWith(number, purpose, key);
  return hash !== undefined && lookup.equal(hash, stored);
}
