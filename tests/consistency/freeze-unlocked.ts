import { join } from 'node:path';
import { type FrozenProcess, freeze, isUnlocked } from '@evident/testing';

/** Freezes a service of a deployment at a moment in which it holds no lock that every writer of the machine needs. */
export function freezeUnlocked(pid: number | undefined, dataDir: string): Promise<FrozenProcess> {
  return freeze(pid, () => isUnlocked(join(dataDir, 'events.db')) && isUnlocked(join(dataDir, 'person-keys.db')));
}
