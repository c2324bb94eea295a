import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { adoptNewLogId, openEmbeddedEventStore } from '@evident/event-store/embedded';
import { makeDirectory } from '@evident/log';
import type { Clock, Config } from '@evident/runtime';
import type { ReportProgress } from '../cli/report-progress.ts';
import { openPersonKeys } from '../stores/person-keys.ts';
import { BackupProblem } from './backup-problem.ts';
import { readErasures } from './erasures-file.ts';
import { logName, type Manifest, readManifest } from './manifest.ts';
import { requestErasures } from './request-erasures.ts';
import { copyKeyFile, findKey, mustHaveDataKey, mustOpenKeyrings, type RestoredKey } from './restore-keys.ts';
import { type RestoredPersons, restorePersons, wrappedKeysOf } from './restore-persons.ts';
import { draftNameOf, syncDirectory } from './synced-files.ts';
import { unfinishedFolder } from './unfinished-folder.ts';
import { copyWholeLog, mustHaveFile } from './verify-backup.ts';

export interface RestoreRequest {
  readonly config: Config;
  /** The folder that a backup made. */
  readonly from: string;
  /** The data directory to be made: a folder that is not there yet, or is empty. */
  readonly into: string;
  /** Where the key files are; copied into the new data directory. */
  readonly keysFrom?: string;
  /** Who was erased, also since the backup. */
  readonly erasures?: string;
  /** Leaves everybody's key out: whatever is personal reads as erased. */
  readonly withoutPersonKeys: boolean;
  readonly now: Clock;
  readonly report: ReportProgress;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly into: string;
  readonly logId: string;
  readonly persons: RestoredPersons;
  readonly keys: readonly Pick<RestoredKey, 'variable' | 'fileName' | 'from'>[];
  readonly erasuresGiven: boolean;
}

const personKeysFile = 'person-keys.db';

/**
 * Makes a data directory out of a backup: verified against its manifest, every event read, under a new log id, with the
 * person keys less those of erased people. Views are not in a backup; the next start builds them. Throws
 * `BackupProblem`, `StartupProblem` or a fault of a store; the folder is then as it was.
 */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  const { config, keysFrom, now, report } = request;
  const from = resolve(request.from);
  const into = resolve(request.into);
  const manifest = readManifest(from);
  mustBeOfTenant(manifest, config);
  const logFile = mustHaveFile(from, manifest, logName);
  const leaveOut = request.withoutPersonKeys;
  const wrappedKeys = await wrappedKeysOf(from, { manifest, leaveOut, now: now() });
  const erasures = request.erasures === undefined ? [] : readErasures(request.erasures);
  const keys = [
    findKey('MASTER_KEY', keysFrom, config.keys.master),
    findKey('DATA_KEY', keysFrom, config.keys.data),
  ] as const;
  const dataKey = mustHaveDataKey(keys[1], keysFrom, config);
  const made = makeEmpty(into);
  const draft = draftNameOf(join(into, 'restore'));
  const unfinished = made ? into : draft;
  const finished = unfinishedFolder(unfinished);
  try {
    mkdirSync(draft, { mode: 0o700 });
    const logPath = join(draft, logName);
    await copyWholeLog(join(from, logName), logPath, { manifest, file: logFile, report });
    const store = await openEmbeddedEventStore({ path: logPath, readOnly: true });
    let persons: RestoredPersons;
    try {
      const log = { store, tenant: manifest.tenant, now };
      if (keys[0].key !== undefined) await mustOpenKeyrings(keys[0].key, log);
      const personKeys = await openPersonKeys({
        ...log,
        ...{ dataKey, path: join(draft, personKeysFile), readOnly: false },
      });
      persons = await restorePersons(personKeys, { store, wrappedKeys, erasures, manifest, report }).finally(() =>
        personKeys.close(),
      );
    } finally {
      await store.close();
    }
    const logId = adoptNewLogId(logPath);
    await requestErasures(logPath, { tenant: manifest.tenant, erasures, now });
    for (const key of keys) await copyKeyFile(key, draft);
    settle(draft, into);
    return { manifest, into, logId, persons, keys, erasuresGiven: request.erasures !== undefined };
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    finished();
  }
}

function mustBeOfTenant({ tenant }: Manifest, config: Config): void {
  if (tenant === config.tenant) return;
  throw new BackupProblem(
    `This backup is of tenant ${tenant}, and TENANT is ${config.tenant}.`,
    `Set TENANT=${tenant}, here and for the server that is to use it.`,
  );
}

/** True where the folder was made now. Throws `BackupProblem` where something is in it. */
function makeEmpty(into: string): boolean {
  const found = statSync(into, { throwIfNoEntry: false });
  if (found === undefined) {
    makeDirectory(into);
    syncDirectory(dirname(into));
    return true;
  }
  if (found.isDirectory() && readdirSync(into).length === 0) return false;
  throw new BackupProblem(
    found.isDirectory() ? `${into} is not empty.` : `${into} is not a folder.`,
    'Restore into a folder that is empty or does not exist yet; what is there is never overwritten.',
  );
}

/** The log goes last: until it is there, a server that is started here finds no data directory that looks whole. */
function settle(draft: string, into: string): void {
  syncDirectory(draft);
  const names = readdirSync(draft);
  for (const name of [...names.filter((name) => name !== logName), logName])
    renameSync(join(draft, name), join(into, name));
  rmSync(draft, { recursive: true });
  syncDirectory(into);
}
