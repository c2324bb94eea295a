import type { KeyObject } from 'node:crypto';
import { API_KEY_PREFIX_LENGTH } from './api-key-text.ts';
import { macOf, macText } from './text/mac.ts';
import { uuidOfDigest, uuidToBytes } from './text/uuid-bytes.ts';

export interface DerivedApiKey {
  /** `ev_<app id, 22 base64url characters>_<secret of 256 bits, 43 base64url characters>`. Shown once, never stored. */
  readonly key: string;
  /** The first 12 characters, for lists. They hold part of the app's id and nothing of the secret. */
  readonly prefix: string;
  /** UUID by which the key is named in events and routes; tells nothing of the secret. */
  readonly keyId: string;
}

/**
 * The API key that a command makes. The same command makes the same key, so that a retry can show it again without
 * the key having been stored. Throws `TypeError` where `appId` is not a UUID.
 */
export function deriveApiKey(derivationKey: KeyObject, commandId: string, appId: string): DerivedApiKey {
  const app = uuidToBytes(appId);
  if (app === undefined) throw new TypeError('an API key names its app by UUID');
  const id = appId.toLowerCase();
  const secret = macText(derivationKey, 'api-key secret', commandId, id);
  const key = `ev_${app.toString('base64url')}_${secret}`;
  const keyId = uuidOfDigest(macOf(derivationKey, 'api-key id', commandId, id));
  return { key, prefix: key.slice(0, API_KEY_PREFIX_LENGTH), keyId };
}
