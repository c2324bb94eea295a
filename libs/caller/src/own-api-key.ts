import type { Attributes } from '@evident/authorization';
import type { Principal } from '@evident/domain';
import type { Caller } from './caller.ts';

interface HeldKey {
  readonly holder: Principal;
  readonly issuedBy: Principal;
}

/**
 * Whether an API key is the caller's own, so that no scope is needed to read or revoke it: held or issued by the caller.
 * A key that carries less than its holder has owns itself alone: it must not end or list the holder's other keys.
 */
export function ownsApiKey(caller: Caller, keyId: string, { holder, issuedBy }: HeldKey): boolean {
  if (caller.bounds !== undefined) return caller.actor === `apikey:${keyId}`;
  const isCaller = ({ kind, id }: Principal) => kind === caller.holder.kind && id === caller.holder.id;
  return isCaller(holder) || isCaller(issuedBy);
}

/** What filters of scopes see of an API key: its owner is its holder, its user the one who holds or else issued it. */
export function apiKeyAttributes(uid: string, { holder, issuedBy }: HeldKey): Attributes {
  const user = [holder, issuedBy].find(({ kind }) => kind === 'user');
  return { uid, owner_id: holder.id, ...(user === undefined ? {} : { user_id: user.id }) };
}
