import { setTimeout as sleep } from 'node:timers/promises';

export interface BackOff {
  /** Milliseconds before the second attempt; doubles with each. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Between half and all of the doubled time, so that several that failed together do not come back together. */
export function backOffMs({ firstMs, longestMs }: BackOff, attempt: number, random: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30)) * (0.5 + random / 2);
}

/** Waits before attempt `attempt + 1`; ends early, without an error, where the signal aborts. */
export async function backOff(settings: BackOff, attempt: number, signal: AbortSignal): Promise<void> {
  await sleep(backOffMs(settings, attempt, Math.random()), undefined, { signal }).catch(() => undefined);
}
