import { createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createKeyedHash, createPersonSealer, type KeyedHash, type PersonKeys, PersonKeysFault } from '@evident/crypto';
import { openEmbeddedPersonKeys } from '@evident/crypto/embedded';
import { eventRegistry } from '@evident/domain';
import {
  createEventCodec,
  type EventCodec,
  type EventStore,
  EventStoreFault,
  type ObserveAppend,
  observeAppends,
  type PersonSealer,
} from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Clock, type Config, type Logger, type Metrics, StartupProblem } from '@evident/runtime';
import { prepareDataDirectory } from './data-directory.ts';
import { openKeyring, readKeyring } from './keyring.ts';
import { createStates, type States } from './stream-states.ts';
import { readWrappingKey } from './wrapping-key.ts';

/** The log of a tenant as services use it. */
export interface Log {
  readonly store: EventStore;
  /** With the domain's registry; seals what is personal. */
  readonly codec: EventCodec;
  readonly tenant: string;
  /** Hashes of identifiers and API keys for look-ups, under keys that the services share. */
  readonly lookup: KeyedHash;
  readonly personKeys: PersonKeys;
  /** Brings the keys of these persons to hand at once, so that decoding their events does not wait. */
  preloadPersons(persons: readonly string[]): Promise<void>;
  readonly states: States;
  /** Closes the store and the person keys. Idempotent. */
  close(): Promise<void>;
}

export interface LogOptions {
  readonly config: Config;
  /**
   * True in auth-command and standalone, which make the key files and the shared keyring of a new log; the others
   * wait for them.
   */
  readonly createKeyring: boolean;
  readonly logger: Logger;
  readonly now: Clock;
  /** Where appends are counted and timed. */
  readonly metrics?: Pick<Metrics, 'appends' | 'appendedEvents' | 'appendSeconds'>;
  /** How long to wait for the shared keyring; 30 s unless given. */
  readonly patienceMs?: number;
}

/** The keyring that DATA_KEY wraps, shared by the three services that touch the log. */
const sharedKeyring = { service: 'shared', purposes: ['lookup', 'person-keys'] } as const;

/** Nothing personal can be read or written before the person keys are open, and the keyrings hold nothing personal. */
const keyringSealer: PersonSealer = {
  seal: () => {
    throw new EventStoreFault('misuse', 'a keyring event has a personal member');
  },
  open: () => undefined,
};

/** Opens the log by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openLog(options: LogOptions): Promise<Log> {
  const { config, createKeyring, logger, now, metrics } = options;
  const { tenant } = config;
  prepareDataDirectory(config.dataDir, logger);
  const opened = await openStore(options);
  const store = metrics === undefined ? opened : observeAppends(opened, countAppends(metrics));
  try {
    const codec = createEventCodec(eventRegistry, keyringSealer);
    const mayMake = createKeyring && (await store.lastPosition()) === undefined;
    // Both files before the first event: a log that is not empty has its keys, or they were lost.
    if (mayMake) readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake, logger });
    if (!createKeyring) await sharedKeyringMade(options, store, codec);
    const wrappingKey = readWrappingKey(config.keys.data, { variable: 'DATA_KEY', mayMake, logger });
    const keyring = await openKeyring(
      { store, codec, tenant },
      { ...sharedKeyring, wrappingKey, make: createKeyring, now },
    );
    const personKeys = await openPersonKeys(config, store, keyring.current('person-keys').key);
    const sealer = createPersonSealer(personKeys);
    const sealingCodec = createEventCodec(eventRegistry, sealer);
    return {
      store,
      codec: sealingCodec,
      tenant,
      lookup: createKeyedHash(keyring.all('lookup')),
      personKeys,
      preloadPersons: (persons) => sealer.preload(persons),
      states: createStates(store, sealingCodec),
      async close() {
        await store.close();
        await personKeys.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function countAppends({ appends, appendedEvents, appendSeconds }: NonNullable<LogOptions['metrics']>): ObserveAppend {
  return (outcome, events, durationMs) => {
    appends.inc({ outcome });
    if (events > 0) appendedEvents.inc(events);
    appendSeconds.observe(durationMs / 1000);
  };
}

async function openStore({ config, now }: LogOptions): Promise<EventStore> {
  if (config.eventStore.kind !== 'embedded') {
    throw new StartupProblem(
      'EVENT_STORE_URL names an EventStoreDB, and this build has no adapter for it.',
      'Leave EVENT_STORE_URL away, or write sqlite:<path of a file>.',
    );
  }
  const personKeys = personKeysPath(config);
  // The log comes first: where there are person keys without it, it was lost or lies elsewhere, and is not begun anew.
  if (!existsSync(config.eventStore.path) && existsSync(personKeys)) {
    throw new StartupProblem(
      `There is no ${config.eventStore.path}, but ${personKeys} holds the keys of people whom a log knows.`,
      'Restore the log from the last backup, or correct EVENT_STORE_URL or DATA_DIR; a new log needs an empty directory.',
    );
  }
  try {
    return await openEmbeddedEventStore({ path: config.eventStore.path, tenant: config.tenant, now });
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    throw new StartupProblem(fault.message, remedies[fault.code] ?? 'Run evident doctor to see what is wrong.', {
      cause: fault,
    });
  }
}

const remedies: Partial<Record<EventStoreFault['code'], string>> = {
  damaged: 'Nothing was changed. Run evident doctor to see how far the damage goes, then restore the last backup.',
  'disk-full': 'Make room on the disk, then start again; nothing was lost.',
  unavailable: 'Check that the path is right and that this user may write there.',
};

function personKeysPath({ dataDir }: Config): string {
  return join(dataDir, 'person-keys.db');
}

async function openPersonKeys(config: Config, store: EventStore, key: Buffer): Promise<PersonKeys> {
  const path = personKeysPath(config);
  if (!existsSync(path) && (await holdsPersonalData(store))) {
    throw new StartupProblem(
      `There is no ${path}, and this log holds personal data that only its keys open.`,
      'Put the file back, or restore the backup that belongs to this log; evident restore tells how to go on without it.',
    );
  }
  try {
    return openEmbeddedPersonKeys({ path, wrappingKey: createSecretKey(key) });
  } catch (fault) {
    if (!(fault instanceof PersonKeysFault)) throw fault;
    throw new StartupProblem(fault.message, 'Restore person-keys.db from the backup that belongs to this log.', {
      cause: fault,
    });
  }
}

/** A new log begins with keys, which are about nobody, and has its first administrator soon after. */
async function holdsPersonalData(store: EventStore): Promise<boolean> {
  const beginning = await store.readAll(undefined, 200);
  if ('outcome' in beginning) return false;
  return beginning.some(({ data, metadata }) => 'sealed' in data || metadata.sealedClient !== undefined);
}

async function sharedKeyringMade(
  { config, logger, patienceMs = 30_000 }: LogOptions,
  store: EventStore,
  codec: EventCodec,
): Promise<void> {
  const log = { store, codec, tenant: config.tenant };
  const complete = async () => {
    const { keys } = await readKeyring(log, sharedKeyring.service);
    return sharedKeyring.purposes.every((purpose) => keys.some((key) => key.purpose === purpose));
  };
  const deadline = Date.now() + patienceMs;
  if (await complete()) return;
  logger.info({}, 'Waiting for auth-command to make the keys of this new log.');
  while (Date.now() < deadline) {
    await wait(50);
    if (await complete()) return;
  }
  throw new StartupProblem(
    `This log has no keys after ${Math.round(patienceMs / 1000)} seconds of waiting.`,
    'Start auth-command on the same EVENT_STORE_URL: it makes them.',
  );
}
