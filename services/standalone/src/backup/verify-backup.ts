import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkEmbeddedLog } from '@evident/event-store/embedded';
import type { ReportProgress } from '../cli/report-progress.ts';
import { BackupProblem } from './backup-problem.ts';
import { type BackedUpFile, fileIn, type Manifest } from './manifest.ts';
import { copyFileSynced, type FileContent } from './synced-files.ts';

const another = 'Restore another backup; this one was changed or damaged after it was made.';

/** The file as the manifest has it. Throws `BackupProblem` where it is not there or has another size. */
export function mustHaveFile(folder: string, manifest: Manifest, name: string): BackedUpFile {
  const file = fileIn(manifest, name);
  const path = join(folder, name);
  if (file === undefined) throw new BackupProblem(`The manifest does not list ${name}.`, another);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new BackupProblem(`${path} is missing.`, another);
  if (found.size !== file.bytes)
    throw new BackupProblem(`${path} has ${found.size} bytes, the manifest says ${file.bytes}.`, another);
  return file;
}

/** Throws `BackupProblem` where what was read is not what was backed up. */
export function mustBeSame(path: string, read: FileContent, file: BackedUpFile): void {
  if (read.sha256 !== file.sha256 || read.bytes !== file.bytes)
    throw new BackupProblem(`${path} is not the file that was backed up: its SHA-256 differs.`, another);
}

/** Copies the log out of a backup and reads every event of the copy. Throws `BackupProblem`. */
export async function copyWholeLog(
  from: string,
  to: string,
  { manifest, file, report }: { manifest: Manifest; file: BackedUpFile; report: ReportProgress },
): Promise<void> {
  const copied = await copyFileSynced(from, to, (done) => report('Copying the log', done, file.bytes));
  mustBeSame(from, copied, file);
  const check = await checkEmbeddedLog(to, ({ checked, of }) => report('Checking the log', checked, of));
  const [problem] = check.problems;
  if (problem !== undefined) throw new BackupProblem(`The log in the backup is damaged: ${problem}.`, another);
  if (check.logId !== manifest.log.id || check.events !== manifest.log.events)
    throw new BackupProblem(`The manifest does not belong to the log beside it.`, another);
}
