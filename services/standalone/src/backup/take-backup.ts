import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  backUpEmbeddedLog,
  checkEmbeddedLog,
  type LogCheck,
  openEmbeddedEventStore,
} from '@evident/event-store/embedded';
import type { Clock, Config } from '@evident/runtime';
import type { ReportProgress } from '../cli/report-progress.ts';
import { existingFiles } from '../stores/embedded-stores.ts';
import { openPersonKeys } from '../stores/person-keys.ts';
import { readKey } from '../stores/wrapping-keys.ts';
import { BackupProblem } from './backup-problem.ts';
import { logName, type Manifest, manifestName, newManifest, personKeysName, printManifest } from './manifest.ts';
import { draftNameOf, hashFile, mustHaveFolder, syncDirectory, writeNewFile } from './synced-files.ts';
import { unfinishedFolder } from './unfinished-folder.ts';
import { writeWrappedKeys } from './wrapped-keys-file.ts';

export interface BackupRequest {
  readonly config: Config;
  /** The folder to be made; its parent must exist. */
  readonly to: string;
  /** Days until the file of person keys in the backup is to be deleted. */
  readonly keepPersonKeysDays: number;
  readonly software: string;
  readonly now: Clock;
  readonly report: ReportProgress;
}

const dayMs = 86_400_000;

/**
 * Makes a backup while servers read and write: a folder that appears whole, synced and checked, or not at all. All
 * that was acknowledged before the call is in it. Throws `BackupProblem`, `StartupProblem` or a fault of a store.
 */
export async function takeBackup(request: BackupRequest): Promise<Manifest> {
  const { config, now, report } = request;
  const begunAt = now();
  const files = existingFiles(config);
  const to = resolve(request.to);
  mustBeNew(to);
  // Before anything is copied: with a wrong key the person keys could not be read at the end.
  const dataKey = readKey(config.keys.data, 'DATA_KEY');
  const draft = draftNameOf(to);
  const finished = unfinishedFolder(draft);
  mkdirSync(draft, { mode: 0o700 });
  try {
    report('Copying the log', 0, 0);
    const log = await backUpEmbeddedLog(files.log, join(draft, logName));
    // The keys after the log: so none is missing that an event in the copy needs.
    report('Copying the person keys', 0, 0);
    const store = await openEmbeddedEventStore({ path: join(draft, logName), readOnly: true });
    const personKeys = await openPersonKeys({
      ...{ store, dataKey, path: files.personKeys, readOnly: true, now },
      tenant: config.tenant,
    }).finally(() => store.close());
    const keys = await writeWrappedKeys(join(draft, personKeysName), personKeys).finally(() => personKeys.close());
    const check = await checkCopy(join(draft, logName), report);
    const content = await hashFile(join(draft, logName), (done) => report('Signing off', done, log.bytes));
    const manifest = newManifest({
      software: request.software,
      tenant: config.tenant,
      begunAt: new Date(begunAt).toISOString(),
      finishedAt: new Date(now()).toISOString(),
      log: { id: log.logId, lastPosition: log.position ?? null, events: check.events, streams: check.streams },
      personKeys: {
        count: keys.count,
        deleteAfter: new Date(begunAt + request.keepPersonKeysDays * dayMs).toISOString(),
      },
      files: [
        { name: logName, ...content },
        { name: personKeysName, bytes: keys.bytes, sha256: keys.sha256 },
      ],
      notIncluded: notIncluded(config),
    });
    writeNewFile(join(draft, manifestName), printManifest(manifest));
    syncDirectory(draft);
    publish(draft, to);
    return manifest;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    finished();
  }
}

function mustBeNew(to: string): void {
  if (existsSync(to)) throw new BackupProblem(`${to} exists already.`, 'Name a folder that does not exist yet.');
  mustHaveFolder(to);
}

/** A backup that was never read is a hope: every event in the copy is compared with its digest. */
async function checkCopy(path: string, report: ReportProgress): Promise<LogCheck> {
  const check = await checkEmbeddedLog(path, ({ checked, of }) => report('Checking the copy', checked, of));
  const [first] = check.problems;
  if (first === undefined) return check;
  throw new BackupProblem(
    `The log is damaged, so no backup was made: ${first}${check.problems.length > 1 ? ` and ${check.problems.length - 1} more` : ''}.`,
    'Run evident doctor, and keep the backups that you have.',
  );
}

function notIncluded({ keys }: Config): Manifest['notIncluded'] {
  const where = (source: Config['keys']['data'], variable: string) =>
    source.from === 'file' ? source.path : `the variable ${variable}`;
  return [
    { what: 'master key', where: where(keys.master, 'MASTER_KEY') },
    { what: 'data key', where: where(keys.data, 'DATA_KEY') },
  ];
}

/** A rename replaces an empty folder, so this is looked at again; two backups at once to one place is no use. */
function publish(draft: string, to: string): void {
  mustBeNew(to);
  renameSync(draft, to);
  syncDirectory(dirname(to));
}
