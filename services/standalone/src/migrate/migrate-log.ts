import type { LogCopy } from '@evident/event-store';
import { sharedKeyring } from '@evident/log';
import type { Clock, Config, StoreAddress } from '@evident/runtime';
import { count } from '../cli/count-text.ts';
import type { ReportProgress } from '../cli/report-progress.ts';
import { openExistingKeyring } from '../stores/keyrings.ts';
import { scanLog } from '../stores/scan-log.ts';
import { readKey } from '../stores/wrapping-keys.ts';
import { copyKeyFiles } from './copy-key-files.ts';
import { copyWhole } from './copy-log.ts';
import { copyPersonKeys, type MigratedPersonKeys } from './copy-person-keys.ts';
import { MigrationProblem } from './migration-problem.ts';
import { openSource, type SourceLog } from './source-log.ts';
import { openTarget } from './target-log.ts';

export interface MigrationRequest {
  /** Of the deployment that the log is taken from. */
  readonly config: Config;
  readonly to: StoreAddress<'eventstoredb'>;
  readonly personKeysTo: StoreAddress<'mongodb'>;
  readonly wait: boolean;
  readonly stopped: boolean;
  readonly now: Clock;
  readonly report: ReportProgress;
}

export interface Migrated {
  readonly from: { readonly logId: string };
  readonly to: { readonly logId: string };
  /** True where an earlier run had finished it; nothing was done now. */
  readonly finishedBefore: boolean;
  readonly events: number;
  /** By this run; the rest by earlier ones that did not come to the end. */
  readonly copied: number;
  /** SHA-256 over the digests of all events in their order, the same of both logs; null where it was finished before. */
  readonly digest: string | null;
  readonly personKeys: MigratedPersonKeys | null;
  /** Put beside the copy. */
  readonly keyFiles: readonly string[];
}

/**
 * Copies a log with the keys of its people into an empty place, under an id of its own. It may be ended at any moment
 * and run again. Throws `MigrationProblem`, `StartupProblem` or a fault of a store.
 */
export async function migrateLog(request: MigrationRequest): Promise<Migrated> {
  const { config, to } = request;
  const source = await openSource(config.eventStore, config.tenant);
  try {
    const target = await openTarget(to, source.logId);
    try {
      return target.finished === undefined
        ? await migrate(request, source, target)
        : await finishedBefore(source, target, target.finished.events);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function migrate(request: MigrationRequest, source: SourceLog, target: LogCopy): Promise<Migrated> {
  const { config, to, personKeysTo, report } = request;
  // At the beginning, so that a wrong key is found out before anything was copied; later the source is held.
  const wrappingKey = await personKeysKey(request, source);
  const { events, copied, digest } = await copyWhole({ ...request, source, target });
  // Before anybody can open the copy as a log: a server that starts on it has everything that it needs.
  const personKeys =
    wrappingKey === undefined
      ? null
      : await copyPersonKeys({ from: config.personKeys, to: personKeysTo, wrappingKey, report });
  const keyFiles = await copyKeyFiles(config, to);
  await target.finish({ events });
  const ends = { from: { logId: source.logId }, to: { logId: target.logId } };
  return { ...ends, finishedBefore: false, events, copied, digest, personKeys, keyFiles };
}

/** Undefined where the log is empty, and has no keys yet. */
async function personKeysKey({ config, now }: MigrationRequest, source: SourceLog): Promise<Buffer | undefined> {
  const { store } = source;
  const { tenant } = config;
  if ((await store.lastPosition()) === undefined) return undefined;
  const wrappingKey = readKey(config.keys.data, 'DATA_KEY');
  const keyring = await openExistingKeyring({ store, tenant, service: sharedKeyring, wrappingKey, now });
  return keyring.current('person-keys').key;
}

/** Throws where the source was written to since: that is in no copy, and somebody has to know. */
async function finishedBefore(source: SourceLog, target: LogCopy, events: number): Promise<Migrated> {
  const now = source.events ?? (await countEvents(source));
  if (now > events) {
    throw new MigrationProblem(
      `The copy was finished with ${count(events)} events, and the source has ${count(now)} by now: ${count(now - events)} that are not in the copy.`,
      'Find out who went on writing the old log, and stop it: the copy is the log now. What it wrote stays in the old log only.',
    );
  }
  const ends = { from: { logId: source.logId }, to: { logId: target.logId } };
  return { ...ends, finishedBefore: true, events, copied: 0, digest: null, personKeys: null, keyFiles: [] };
}

async function countEvents({ store }: SourceLog): Promise<number> {
  let events = 0;
  for await (const page of scanLog(store)) events += page.length;
  return events;
}
