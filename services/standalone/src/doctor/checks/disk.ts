import { statSync } from 'node:fs';
import { type Finding, Findings } from '../finding.ts';
import type { System } from '../system.ts';

const megabyte = 1024 * 1024;
/** Below this an append may fail at any moment: SQLite's write-ahead file alone may grow to 64 MB. */
const least = 128 * megabyte;
const comfortable = 1024 * megabyte;

/** Room for the log to grow. A full disk loses nothing that was acknowledged, and stops every write. */
export async function checkDisk(
  directory: string,
  { logPath, system }: { logPath: string; system: Pick<System, 'freeBytes'> },
): Promise<readonly Finding[]> {
  const findings = new Findings('disk');
  const free = await system.freeBytes(directory);
  const logBytes = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
  const text = `${Math.floor(free / megabyte)} MB free for ${directory}`;
  const remedy = 'Make room on the disk, or move the data directory to a larger one.';
  if (free < least) return findings.fail(`${text}: writes may fail at any moment.`, remedy).list;
  if (free < Math.max(comfortable, logBytes / 10)) return findings.warn(`${text}, which is little.`, remedy).list;
  return findings.ok(`${text}.`).list;
}
