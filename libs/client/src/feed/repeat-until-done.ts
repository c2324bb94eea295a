import { setTimeout as sleep } from 'node:timers/promises';

export interface Pauses {
  /** Pause after the first failure, doubling up to `longestPauseMs`; default 100. */
  readonly firstPauseMs?: number;
  /** Default 10,000. */
  readonly longestPauseMs?: number;
}

/** @param failed Hears of each failure; what it throws ends the attempts. False where it was stopped before it succeeded. */
export async function repeatUntilDone(
  work: () => unknown,
  failed: (error: unknown, attempt: number) => void,
  { firstPauseMs = 100, longestPauseMs = 10_000 }: Pauses,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return true;
    } catch (error) {
      failed(error, attempt);
    }
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
  }
}
