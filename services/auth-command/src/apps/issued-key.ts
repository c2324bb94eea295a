import { deriveApiKey, type KeyedHash } from '@evident/crypto';
import type { AppEvent, IssuedKey } from '@evident/domain';
import type { ServiceKeys } from '../service-keys.ts';

type Keys = Pick<ServiceKeys, 'apiKeys'>;

/** What the log keeps of the key that a command makes; the key itself is shown from `keyShown` and never stored. */
export function keyToIssue(keys: Keys, lookup: KeyedHash, commandId: string, appId: string): IssuedKey {
  const [current] = keys.apiKeys;
  if (current === undefined) throw new Error('the keyring has no key for API keys');
  const { key, keyId, prefix } = deriveApiKey(current, commandId, appId);
  return { keyId, prefix, lookup: lookup.hash('api-key', key) };
}

/**
 * The key that a command issued, made again from its id: so a repeat shows the same, also under a newer key of the
 * keyring. Throws where none of them made it.
 */
export function keyShown(keys: Keys, commandId: string, appId: string, own: readonly AppEvent[]): string {
  const issued = own.find((event) => event.type === 'app.key-issued');
  for (const derivationKey of keys.apiKeys) {
    const { key, keyId } = deriveApiKey(derivationKey, commandId, appId);
    if (issued?.data.keyId === keyId) return key;
  }
  throw new Error(`no key of the keyring made the API key of app:${appId}`);
}
