import { join } from 'node:path';
import type { PersonKeys } from '@evident/crypto';
import type { EventStore } from '@evident/event-store';
import type { ReportProgress } from '../cli/report-progress.ts';
import { scanLog } from '../stores/scan-log.ts';
import { sealedPersons } from '../stores/sealed-persons.ts';
import { BackupProblem } from './backup-problem.ts';
import { type Manifest, personKeysName } from './manifest.ts';
import { hashFile } from './synced-files.ts';
import { mustBeSame, mustHaveFile } from './verify-backup.ts';
import { readWrappedKeys } from './wrapped-keys-file.ts';

/** The file of wrapped keys, verified; undefined where it is left out on purpose. Throws `BackupProblem`. */
export async function wrappedKeysOf(
  folder: string,
  { manifest, leaveOut, now }: { manifest: Manifest; leaveOut: boolean; now: number },
): Promise<string | undefined> {
  if (leaveOut) return undefined;
  const { deleteAfter } = manifest.personKeys;
  if (now > Date.parse(deleteAfter)) {
    throw new BackupProblem(
      `The person keys of this backup were to be deleted after ${deleteAfter}.`,
      'Restore a newer backup, or restore without them (--without-person-keys): names and addresses then read as erased.',
    );
  }
  const path = join(folder, personKeysName);
  const file = mustHaveFile(folder, manifest, personKeysName);
  mustBeSame(path, await hashFile(path), file);
  return path;
}

export interface RestoredPersons {
  readonly keys: number;
  /** From the list of erasures. */
  readonly erasuresApplied: number;
  /** In the log, without a key in the backup and not in the list: erased before the backup was taken. */
  readonly withoutKey: number;
}

/**
 * Brings the keys back. The list of erasures goes first, so that a key that it names is not even written. Whoever the
 * log names and no key was restored for is remembered as erased: else a new key would be made for them at the next
 * event, and what was sealed before would look damaged.
 */
export async function restorePersons(
  personKeys: PersonKeys,
  request: {
    readonly store: EventStore;
    readonly wrappedKeys: string | undefined;
    readonly erasures: readonly string[];
    readonly manifest: Manifest;
    readonly report: ReportProgress;
  },
): Promise<RestoredPersons> {
  const { store, wrappedKeys, erasures, manifest, report } = request;
  report('Restoring the person keys', 0, manifest.personKeys.count);
  await Promise.all(erasures.map((person) => personKeys.erase(person)));
  const taken =
    wrappedKeys === undefined ? { imported: 0 } : await personKeys.importWrapped(readWrappedKeys(wrappedKeys));
  const known = new Set(erasures);
  let withoutKey = 0;
  let read = 0;
  for await (const events of scanLog(store)) {
    const persons = [...new Set(events.flatMap(sealedPersons))].filter((person) => !known.has(person));
    const found = await personKeys.find(persons);
    const lost = persons.filter((person) => !found.has(person));
    await Promise.all(lost.map((person) => personKeys.erase(person)));
    withoutKey += lost.length;
    for (const person of persons) known.add(person);
    read += events.length;
    report('Looking for people without a key', read, manifest.log.events);
  }
  return { keys: taken.imported, erasuresApplied: erasures.length, withoutKey };
}
