import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createKeyedHash, createPersonSealer, type KeyedHash, type PersonKeys } from '@evident/crypto';
import { eventRegistry } from '@evident/domain';
import {
  createEventCodec,
  type EventCodec,
  type EventStore,
  noPersonKeys,
  type ObserveAppend,
  observeAppends,
} from '@evident/event-store';
import { type Clock, type Config, type Logger, type Metrics, type Readiness, StartupProblem } from '@evident/runtime';
import { prepareDataDirectory } from './data-directory.ts';
import { openKeyring, readKeyring, sharedKeyring } from './keyring.ts';
import { openPersonKeys } from './open-person-keys.ts';
import { openStore } from './open-store.ts';
import { RoomForLog } from './room-for-log.ts';
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
  /** Whether appends can be taken, as far as the disk of an embedded log is concerned. */
  readiness(): Readiness;
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

/** What the three services that touch the log share. */
const shared = { service: sharedKeyring, purposes: ['lookup', 'person-keys'] } as const;

/** Opens the log by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openLog(options: LogOptions): Promise<Log> {
  const { config, createKeyring, logger, now, metrics } = options;
  const { tenant } = config;
  prepareDataDirectory(config.dataDir, logger);
  const room = new RoomForLog(() => freeBytes(config.eventStore));
  const count = metrics === undefined ? undefined : countAppends(metrics);
  const store = observeAppends(await openStore(config, now), (outcome, events, durationMs, fault) => {
    room.heard(fault);
    count?.(outcome, events, durationMs);
  });
  try {
    // The keyrings hold nothing personal, and one of them has the key that opens the person keys.
    const codec = createEventCodec(eventRegistry, noPersonKeys);
    const mayMake = createKeyring && (await store.lastPosition()) === undefined;
    // Both files before the first event: a log that is not empty has its keys, or they were lost.
    if (mayMake) readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake, logger });
    if (!createKeyring) await sharedKeyringMade(options, store, codec);
    const wrappingKey = readWrappingKey(config.keys.data, { variable: 'DATA_KEY', mayMake, logger });
    const keyring = await openKeyring({ store, codec, tenant }, { ...shared, wrappingKey, make: createKeyring, now });
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
      readiness: () => room.readiness(),
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

/** Of a log that is not a file here, whoever has it knows. */
function freeBytes(eventStore: Config['eventStore']): number {
  if (eventStore.kind !== 'embedded') return Number.POSITIVE_INFINITY;
  const { bavail, bsize } = statfsSync(dirname(eventStore.path));
  return bavail * bsize;
}

function countAppends({ appends, appendedEvents, appendSeconds }: NonNullable<LogOptions['metrics']>): ObserveAppend {
  return (outcome, events, durationMs) => {
    appends.inc({ outcome });
    if (events > 0) appendedEvents.inc(events);
    appendSeconds.observe(durationMs / 1000);
  };
}

async function sharedKeyringMade(
  { config, logger, patienceMs = 30_000 }: LogOptions,
  store: EventStore,
  codec: EventCodec,
): Promise<void> {
  const log = { store, codec, tenant: config.tenant };
  const complete = async () => {
    const { keys } = await readKeyring(log, shared.service);
    return shared.purposes.every((purpose) => keys.some((key) => key.purpose === purpose));
  };
  const deadline = Date.now() + patienceMs;
  if (await complete()) return;
  logger.info({}, 'Waiting for auth-command to make the keys of this new log.');
  while (Date.now() < deadline) {
    await wait(50);
    if (await complete()) return;
  }
  throw new StartupProblem(
    `This log has no keys of tenant ${config.tenant}, also after ${Math.round(patienceMs / 1000)} s of waiting.`,
    'Correct EVENT_STORE_URL or TENANT, or start auth-command with the same ones: it makes them.',
  );
}
