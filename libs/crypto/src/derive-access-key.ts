import type { KeyObject } from 'node:crypto';
import { accessKeyPrefix, accessKeyText } from './access-key-text.ts';
import { macOf } from './text/mac.ts';
import { uuidToBytes } from './text/uuid-bytes.ts';

export interface DerivedAccessKey {
  /** Shown once, never stored. */
  readonly key: string;
  readonly prefix: string;
}

/**
 * The access key (an API key of a person or an agent) that a command makes under this identifier. The same command
 * makes the same key, so that a retry can show it again. Throws `TypeError` where `keyId` is not a UUID.
 */
export function deriveAccessKey(derivationKey: KeyObject, commandId: string, keyId: string): DerivedAccessKey {
  const uuid = uuidToBytes(keyId);
  if (uuid === undefined) throw new TypeError('an access key is named by a UUID');
  const secret = macOf(derivationKey, 'access-key secret', commandId, keyId.toLowerCase());
  const key = accessKeyText(uuid, secret);
  return { key, prefix: accessKeyPrefix(key) };
}
