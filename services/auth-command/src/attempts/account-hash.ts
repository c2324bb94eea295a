import type { KeyedHash } from '@evident/crypto';
import type { CheckedIdentifier } from '../identity/identifiers.ts';

/** Under which attempts on an account are counted: the user where the name is known, else the name, so that both are alike. */
export function accountHash(
  lookup: Pick<KeyedHash, 'hash'>,
  { kind, value }: Pick<CheckedIdentifier, 'kind' | 'value'>,
  userId: string | undefined,
): string {
  return userId === undefined ? hash(lookup, `${kind}:${value}`) : userAccountHash(lookup, userId);
}

export function userAccountHash(lookup: Pick<KeyedHash, 'hash'>, userId: string): string {
  return hash(lookup, `user:${userId}`);
}

function hash(lookup: Pick<KeyedHash, 'hash'>, name: string): string {
  return lookup.hash('attempt-account', name);
}
