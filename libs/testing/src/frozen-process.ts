import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** A process that stands still, as one whose machine was suspended, and comes to later without knowing. */
export interface FrozenProcess {
  /** Idempotent. */
  wake(): void;
}

/**
 * SIGSTOP, at a moment in which the process may stand still: one that stops with a lock takes every other that needs it
 * along. Asked once all of its threads are stopped, since one that is within a system call ends that first, and may take
 * the lock by it.
 */
export async function freeze(
  pid: number | undefined,
  mayStandStill: () => boolean = () => true,
): Promise<FrozenProcess> {
  if (pid === undefined) throw new Error('there is no such process');
  await until(
    () => {
      process.kill(pid, 'SIGSTOP');
      if (!isStopped(pid)) return undefined;
      if (mayStandStill()) return true;
      process.kill(pid, 'SIGCONT');
      return undefined;
    },
    { what: 'a moment to stand still' },
  );
  let woken = false;
  return {
    wake() {
      if (!woken) process.kill(pid, 'SIGCONT');
      woken = true;
    },
  };
}

function isStopped(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) => /\) T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8')));
}
