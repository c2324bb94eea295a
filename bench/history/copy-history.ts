import { constants, cpSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from './history.ts';

/** The data directory of a history, copied to a new one that a server may write to; shares blocks where the disk can. */
export function copyHistory({ dataDir }: Pick<History, 'dataDir'>, into: string): string {
  const copy = join(into, 'data');
  cpSync(dataDir, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}
