import { closeSync, constants, cpSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from './history.ts';

/**
 * The data directory of a history, copied to a new one that a server may write to; shares blocks where the disk can. All of
 * it is on the disk, so that nothing is still being written while something is measured.
 */
export function copyHistory({ dataDir }: Pick<History, 'dataDir'>, into: string): string {
  const copy = join(into, 'data');
  cpSync(dataDir, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  for (const name of readdirSync(copy)) {
    const file = openSync(join(copy, name), 'r');
    fsyncSync(file);
    closeSync(file);
  }
  return copy;
}
