import type { SigningKeyObject } from '@evident/contracts';
import { isWaiting, promotesAt, retiresAt, type SigningKey, type SigningKeysState } from '@evident/domain';
import { publishedForMs } from './key-times.ts';

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
