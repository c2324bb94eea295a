import { checkValue, generateKey, unwrapKey, wrapKey } from '@evident/crypto';
import { fold, initialKeyring, type KeyringEvent, type KeyringState, keyringDecider, streams } from '@evident/domain';
import { type EventCodec, type EventStore, readable, runCommand, uuid5 } from '@evident/event-store';
import { type Clock, StartupProblem } from '@evident/runtime';
import type { WrappingKey } from './wrapping-key.ts';

/** Names the keyring that DATA_KEY wraps; MASTER_KEY wraps every other one. */
export const sharedKeyring = 'shared';

export interface NumberedKey {
  /** From 1; the highest of a purpose is the one in use. */
  readonly number: number;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** The random keys of one service, opened. */
export interface Keyring {
  /** The key in use for a purpose. */
  current(purpose: string): NumberedKey;
  /** Every key of a purpose, oldest first: what older ones sealed or hashed stays readable. */
  all(purpose: string): readonly NumberedKey[];
}

/** Where keyrings lie. */
export interface KeyringLog {
  readonly store: EventStore;
  /** Needs to read keyring events only, which hold nothing personal. */
  readonly codec: EventCodec;
  readonly tenant: string;
}

export interface KeyringOptions {
  /** Names the stream `keyring-<tenant>.<service>`. */
  readonly service: string;
  readonly wrappingKey: WrappingKey;
  /** Those of which one must be there; a missing one is made unless `make` is false. */
  readonly purposes: readonly string[];
  readonly make?: boolean;
  readonly now: Clock;
}

/**
 * Opens the keyring of a service from the log, making first keys where there are none: several processes that start
 * at once agree on the same ones, for each is appended at an exact revision. Throws `StartupProblem` where the
 * wrapping key is not the one that the keyring was made with.
 */
export async function openKeyring(log: KeyringLog, options: KeyringOptions): Promise<Keyring> {
  let state = await readKeyring(log, options.service);
  if (options.make !== false) {
    for (const purpose of options.purposes) {
      if (!state.keys.some((key) => key.purpose === purpose)) await makeFirstKey(log, options, purpose);
    }
    state = await readKeyring(log, options.service);
  }
  const opened = new Map<string, NumberedKey[]>();
  for (const { purpose, number, wrapped, check } of state.keys) {
    const key = unwrapKey(options.wrappingKey.key, wrapped, wrapContext(log, options.service, purpose, number));
    if (key === undefined || checkValue(key) !== check) throw wrongKey(options);
    opened.set(purpose, [...(opened.get(purpose) ?? []), { number, key }]);
  }
  const all = (purpose: string) => opened.get(purpose) ?? [];
  for (const purpose of options.purposes) if (all(purpose).length === 0) throw missingKey(options, purpose);
  return {
    all,
    current(purpose) {
      const key = all(purpose).at(-1);
      if (key === undefined) throw missingKey(options, purpose);
      return key;
    },
  };
}

/** The keyring as the log has it, still wrapped. */
export async function readKeyring(log: KeyringLog, service: string): Promise<KeyringState> {
  const stored = await log.store.readStream(streams.keyring(log.tenant, service));
  const events = await Promise.all(stored.map(async (event) => readable<KeyringEvent>(await log.codec.decode(event))));
  return fold(keyringDecider, initialKeyring, events);
}

async function makeFirstKey(log: KeyringLog, options: KeyringOptions, purpose: string): Promise<void> {
  const { tenant } = log;
  const { service, now, wrappingKey } = options;
  const key = generateKey();
  const commandId = uuid5(`keyring/${tenant}/${service}/${purpose}/1`);
  await runCommand(
    { store: log.store, codec: log.codec, decider: keyringDecider },
    {
      stream: streams.keyring(tenant, service),
      step: 'add-key',
      command: {
        type: 'add-key',
        purpose,
        number: 1,
        wrapped: wrapKey(wrappingKey.key, key, wrapContext(log, service, purpose, 1)),
        check: checkValue(key),
        now: now(),
      },
      metadata: { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() },
    },
  );
}

/** What a wrapped key is bound to: it cannot be put into another keyring, or another place of it. */
export function wrapContext(
  { tenant }: Pick<KeyringLog, 'tenant'>,
  service: string,
  purpose: string,
  number: number,
): string {
  return `${tenant}/${service}/${purpose}/${number}`;
}

function wrongKey({ wrappingKey, service }: KeyringOptions): StartupProblem {
  const ownKeys =
    service === sharedKeyring
      ? ''
      : ` Where services have a master key each, that of ${service} is needed; where evident keys rewrap was broken off, run it again.`;
  return new StartupProblem(
    `The key from ${wrappingKey.origin} does not open the keyring of ${service}: it is not the key that wraps it.`,
    `Start with the right key, or restore the key file that belongs to this data directory.${ownKeys}`,
  );
}

function missingKey({ service }: KeyringOptions, purpose: string): StartupProblem {
  return new StartupProblem(
    `The keyring of ${service} has no key for ${purpose}.`,
    'Start auth-command and token-issuer once on this log; they make the keys that are missing.',
  );
}
