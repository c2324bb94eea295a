import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** What is waited for, for the message when it does not come. */
  readonly what: string;
  /** Default 60 000. */
  readonly withinMs?: number;
}

const lookEveryMs = 10;

/** Looks until there is something, and gives it. Rejects, naming what did not come, when the time is up. */
export async function until<Value>(
  look: () => Promise<Value | undefined> | Value | undefined,
  { what, withinMs = 60_000 }: Patience,
): Promise<Value> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() >= giveUpAt) throw new Error(`${what} did not come about within ${withinMs} ms`);
    await pause(lookEveryMs);
  }
}
