import type { Attributes, Caller } from '@evident/caller';
import type { IssuedApiKey } from '@evident/domain';

/**
 * Whether a key is the caller's own, so that no scope is needed to read or revoke it: held or issued by the caller. A
 * key that carries less than its holder has owns itself alone: it must not end or list the holder's other keys.
 */
export function ownsKey(
  caller: Caller,
  keyId: string,
  { holder, issuedBy }: Pick<IssuedApiKey, 'holder' | 'issuedBy'>,
) {
  if (caller.bounds !== undefined) return caller.actor === `apikey:${keyId}`;
  const isCaller = ({ kind, id }: Caller['holder']) => kind === caller.holder.kind && id === caller.holder.id;
  return isCaller(holder) || isCaller(issuedBy);
}

/** What filters of scopes see of a key: its owner is its holder, and its user the one who holds or issued it. */
export function apiKeyAttributes(
  keyId: string,
  { holder, issuedBy }: Pick<IssuedApiKey, 'holder' | 'issuedBy'>,
): Attributes {
  const user = [holder, issuedBy].find(({ kind }) => kind === 'user');
  return { uid: keyId, owner_id: holder.id, ...(user === undefined ? {} : { user_id: user.id }) };
}
