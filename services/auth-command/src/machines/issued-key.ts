import { deriveAccessKey, hashAccessKey, isHashOfAccessKey, type KeyedHash } from '@evident/crypto';
import type { ApiKeyEvent } from '@evident/domain';
import { deriveSecret, deriveSecretAgain } from '../derived-secrets.ts';
import type { ServiceKeys } from '../service-keys.ts';

type Keys = Pick<ServiceKeys, 'apiKeys'>;

/** What the log keeps of the key that a command makes; the key itself is shown from `keyShown`. */
export function keyToIssue(keys: Keys, lookup: KeyedHash, commandId: string, keyId: string) {
  const { key, prefix } = deriveSecret(keys.apiKeys, (by) => deriveAccessKey(by, commandId, keyId));
  return { prefix, lookup: hashAccessKey(lookup, key) };
}

/** The key that a command issued, also under a newer lookup key. Throws where no key of the keyring made it. */
export function keyShown(
  keys: Keys,
  lookup: KeyedHash,
  { commandId, keyId }: { readonly commandId: string; readonly keyId: string },
  own: readonly ApiKeyEvent[],
): string {
  const stored = own.find((event) => event.type === 'apikey.issued')?.data.lookup ?? '';
  const made = deriveSecretAgain(
    keys.apiKeys,
    (by) => deriveAccessKey(by, commandId, keyId),
    ({ key }) => isHashOfAccessKey(lookup, stored, key),
  );
  if (made === undefined) throw new Error(`no key of the keyring made the key apikey:${keyId}`);
  return made.key;
}
