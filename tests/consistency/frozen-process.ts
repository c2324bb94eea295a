import { join } from 'node:path';
import { isUnlocked, until } from '@evident/testing';

/** A process that stands still, as one whose machine was suspended, and comes to later without knowing. */
export interface FrozenProcess {
  /** Idempotent. */
  wake(): void;
}

/**
 * SIGSTOP. A process that holds a lock of the embedded log would take every writer of the machine with it; such a
 * moment is left at once, and the next one taken.
 */
export async function freeze(pid: number, dataDir: string): Promise<FrozenProcess> {
  await until(
    () => {
      process.kill(pid, 'SIGSTOP');
      if (isUnlocked(join(dataDir, 'events.db')) && isUnlocked(join(dataDir, 'person-keys.db'))) return true;
      process.kill(pid, 'SIGCONT');
      return undefined;
    },
    { what: 'a moment without a lock' },
  );
  let woken = false;
  return {
    wake() {
      if (!woken) process.kill(pid, 'SIGCONT');
      woken = true;
    },
  };
}
