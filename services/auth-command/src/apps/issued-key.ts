import { deriveApiKey, type KeyedHash } from '@evident/crypto';
import type { AppEvent, IssuedKey } from '@evident/domain';
import { deriveSecret, deriveSecretAgain } from '../derived-secrets.ts';
import type { ServiceKeys } from '../service-keys.ts';

type Keys = Pick<ServiceKeys, 'apiKeys'>;

/** What the log keeps of the key that a command makes; the key itself is shown from `keyShown`. */
export function keyToIssue(keys: Keys, lookup: KeyedHash, commandId: string, appId: string): IssuedKey {
  const { key, keyId, prefix } = deriveSecret(keys.apiKeys, (by) => deriveApiKey(by, commandId, appId));
  return { keyId, prefix, lookup: lookup.hash('api-key', key) };
}

/** The key that a command issued. Throws where no key of the keyring made it. */
export function keyShown(keys: Keys, commandId: string, appId: string, own: readonly AppEvent[]): string {
  const issued = own.find((event) => event.type === 'app.key-issued');
  const made = deriveSecretAgain(
    keys.apiKeys,
    (by) => deriveApiKey(by, commandId, appId),
    ({ keyId }) => keyId === issued?.data.keyId,
  );
  if (made === undefined) throw new Error(`no key of the keyring made the API key of app:${appId}`);
  return made.key;
}
