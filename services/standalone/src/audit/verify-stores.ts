import { createSealSigner } from '@evident/crypto';
import { eventRegistry, type Seal, type SealEvent, streams } from '@evident/domain';
import {
  createEventCodec,
  type EventStore,
  EventStoreFault,
  noPersonKeys,
  readable,
  streamInTurns,
} from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { expiriesAfter, type LogReport, verifyLog } from '@evident/evidence';
import type { Clock, Config } from '@evident/runtime';
import type { ReportProgress } from '../cli/report-progress.ts';
import { existingFiles } from '../stores/embedded-stores.ts';
import { openExistingKeyring } from '../stores/keyrings.ts';
import { readKey } from '../stores/wrapping-keys.ts';
import type { KeptSeals } from './kept-seals.ts';

export interface VerifyStoresOptions {
  readonly config: Config;
  readonly kept: KeptSeals | undefined;
  readonly now: Clock;
  readonly report: ReportProgress;
}

export interface VerifiedStores extends LogReport {
  /** Where the names of the keys come from that seals are trusted by. */
  readonly trustedBy: 'the file' | 'MASTER_KEY';
}

/**
 * Verifies the log of a deployment beside a server or without one. Seals are trusted by the keys in a file that was
 * kept elsewhere, else by those that only the master key opens.
 */
export async function verifyStores(options: VerifyStoresOptions): Promise<VerifiedStores> {
  try {
    return await verify(options);
  } catch (fault) {
    if (!(fault instanceof EventStoreFault) || fault.code !== 'damaged') throw fault;
    // Damage before the first seal could be looked at: the keys, or where the log says that it ends.
    const finding = { code: 'damaged', message: `${fault.message}; nothing could be looked at.` } as const;
    const integrity = { ok: false, findings: [finding] };
    const completeness = { ok: true, findings: [] };
    return { events: 0, letGo: 0, seals: 0, unsealed: 0, integrity, completeness, trustedBy: 'MASTER_KEY' };
  }
}

async function verify({ config, kept, now, report }: VerifyStoresOptions): Promise<VerifiedStores> {
  const store = await openEmbeddedEventStore({ path: existingFiles(config).log, readOnly: true });
  try {
    const kids = kept !== undefined && kept.kids.length > 0 ? kept.kids : await ownKeys(store, config, now);
    const verified = await verifyLog({
      tenant: config.tenant,
      store,
      seals: sealsIn(store, config.tenant),
      expiries: (after) => expiriesAfter({ store, codec, tenant: config.tenant }, after),
      trusted: new Set(kids),
      kept: kept?.seals ?? [],
      report: (events) => report('Verifying the log', events, 0),
    });
    return { ...verified, trustedBy: kept !== undefined && kept.kids.length > 0 ? 'the file' : 'MASTER_KEY' };
  } finally {
    await store.close();
  }
}

/** Whoever owns the database and not the master key can put no key of theirs into the keyring. */
async function ownKeys(store: EventStore, config: Config, now: Clock): Promise<readonly string[]> {
  const wrappingKey = readKey(config.keys.master, 'MASTER_KEY');
  const keyring = await openExistingKeyring({
    store,
    tenant: config.tenant,
    service: 'token-issuer',
    wrappingKey,
    now,
  });
  return keyring.all('seals').map(({ key }) => createSealSigner(key).key.kid);
}

/** Seals and expiries hold nothing personal. */
const codec = createEventCodec(eventRegistry, noPersonKeys);

async function* sealsIn(store: EventStore, tenant: string): AsyncGenerator<Seal> {
  for await (const page of streamInTurns(store, streams.seals(tenant))) {
    for (const stored of page) yield readable<SealEvent>(await codec.decode(stored)).data;
  }
}
