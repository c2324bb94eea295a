import type { SigningKeyObject } from '@evident/contracts';
import { isWaiting, promotesAt, retiresAt, type SigningKey, type SigningKeysState, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import { publishedForMs } from './key-times.ts';

/** Those of a log, for whoever holds the machine: read only, with no key of the issuer. */
export async function signingKeysOnLog({
  states,
  tenant,
}: Pick<Log, 'states' | 'tenant'>): Promise<SigningKeyObject[]> {
  return signingKeyObjects((await states.signingKeys.load(streams.signingKeys(tenant))).state);
}

/** Every key there was, oldest first. */
export function signingKeyObjects(state: SigningKeysState): SigningKeyObject[] {
  return state.keys.map((key) => {
    const standing = standingOf(key);
    const { kid, use, alg, createdAt, promotedAt, replacedAt, retiredAt } = key;
    return {
      kid,
      use,
      alg,
      state: standing,
      createdAt,
      promotedAt: promotedAt ?? null,
      replacedAt: replacedAt ?? null,
      retiredAt: retiredAt ?? null,
      promotesAt: standing === 'published' ? promotesAt(state, key, publishedForMs) : null,
      retiresAt: standing === 'replaced' ? retiresAt(key) : null,
    };
  });
}

function standingOf(key: SigningKey): SigningKeyObject['state'] {
  if (key.retiredAt !== undefined) return 'retired';
  if (isWaiting(key)) return 'published';
  return key.replacedAt === undefined ? 'active' : 'replaced';
}
