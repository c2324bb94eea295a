import { isHashOfAccessKey, parseAccessKey } from '@evident/crypto/verify';
import { type IssuedApiKey, livingApiKey, principalName, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Caller } from './caller.ts';
import { type Standing, standingOf } from './standing.ts';

/** An API key that counts at this moment. */
export interface ProvenKey {
  readonly keyId: string;
  readonly key: IssuedApiKey;
  /** Its holder, as they stand. */
  readonly standing: Standing;
}

/**
 * Undefined where the text is no API key that counts: never issued, revoked, expired, wrong, or its holder may not act.
 * The key names its own stream, which is read from the leader as its holder's is.
 */
export async function proveAccessKey(
  log: Pick<Log, 'states' | 'tenant' | 'lookup'>,
  text: string,
  now: number,
): Promise<ProvenKey | undefined> {
  const named = parseAccessKey(text);
  if (named === undefined) return undefined;
  const { state } = await log.states.apiKey.load(streams.apiKey(log.tenant, named.keyId));
  const key = livingApiKey(state, now);
  if (key === undefined || !isHashOfAccessKey(log.lookup, key.lookup, text)) return undefined;
  const standing = await standingOf(log, key.holder);
  return standing && { keyId: named.keyId, key, standing };
}

/** Who acts through a key: its holder, with the key's own scopes as far as the holder has them now. */
export function callerOfKey({ keyId, key, standing }: ProvenKey, tenant: string): Caller {
  const { scopes, isAdmin, isOwner, workspaceIds, generation } = standing;
  const all = key.scopes === null;
  return {
    actor: `apikey:${keyId}`,
    onBehalfOf: principalName(key.holder),
    holder: key.holder,
    tenant,
    isAdmin: all && isAdmin,
    isOwner: all && isOwner,
    ...(all ? { scopes } : { scopes: key.scopes, bounds: scopes }),
    workspaceIds,
    generation,
    audience: '',
  };
}
