import { deriveAccessKey, hashAccessKey, isHashOfAccessKey, type KeyedHash } from '@evident/crypto';
import type { ApiKeyEvent } from '@evident/domain';
import type { CommandEnvironment } from '../command-environment.ts';

type Keys = Pick<CommandEnvironment['keys'], 'apiKeys'>;

/** What the log keeps of the key that a command makes; the key itself is shown from `keyShown` and never stored. */
export function keyToIssue(keys: Keys, lookup: KeyedHash, commandId: string, keyId: string) {
  const [current] = keys.apiKeys;
  if (current === undefined) throw new Error('the keyring has no key for API keys');
  const { key, prefix } = deriveAccessKey(current, commandId, keyId);
  return { prefix, lookup: hashAccessKey(lookup, key) };
}

/**
 * The key that a command issued, made again from its id: so a repeat shows the same, also under newer keys of the
 * keyrings. Throws where none of them made it.
 */
export function keyShown(
  keys: Keys,
  lookup: KeyedHash,
  { commandId, keyId }: { readonly commandId: string; readonly keyId: string },
  own: readonly ApiKeyEvent[],
): string {
  const stored = own.find((event) => event.type === 'apikey.issued')?.data.lookup ?? '';
  for (const derivationKey of keys.apiKeys) {
    const { key } = deriveAccessKey(derivationKey, commandId, keyId);
    if (isHashOfAccessKey(lookup, stored, key)) return key;
  }
  throw new Error(`no key of the keyring made the key apikey:${keyId}`);
}
