import { createSecretKey } from 'node:crypto';
import type { PersonKeys } from '@evident/crypto';
import type { EventStore } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { openPersonKeysFile, sharedKeyring, type WrappingKey } from '@evident/log';
import type { Clock, Config } from '@evident/runtime';
import { existingFiles } from './embedded-stores.ts';
import { openExistingKeyring } from './keyrings.ts';
import { readKey } from './wrapping-keys.ts';

export interface PersonKeysRequest {
  /** The log whose shared keyring holds the key that wraps the person keys. */
  readonly store: EventStore;
  readonly tenant: string;
  readonly dataKey: WrappingKey;
  readonly path: string;
  readonly readOnly: boolean;
  readonly now: Clock;
}

/**
 * Opens the person keys that belong to a log. The file is made where there is none, so look first where that would
 * hide a loss. Throws `StartupProblem` for a wrong data key, `PersonKeysFault` for a file that belongs elsewhere and
 * `EventStoreFault` for its write-ahead file.
 */
export async function openPersonKeys(request: PersonKeysRequest): Promise<PersonKeys> {
  const { store, tenant, dataKey: wrappingKey, path, readOnly, now } = request;
  const keyring = await openExistingKeyring({ store, tenant, service: sharedKeyring, wrappingKey, now });
  const { key } = keyring.current('person-keys');
  return openPersonKeysFile({ path, wrappingKey: createSecretKey(key), readOnly });
}

/** The person keys of a deployment, for reading, beside a server. */
export async function openPersonKeysOf(config: Config, now: Clock): Promise<PersonKeys> {
  const files = existingFiles(config);
  const dataKey = readKey(config.keys.data, 'DATA_KEY');
  const store = await openEmbeddedEventStore({ path: files.log, readOnly: true });
  try {
    return await openPersonKeys({ store, tenant: config.tenant, dataKey, path: files.personKeys, readOnly: true, now });
  } finally {
    await store.close();
  }
}
