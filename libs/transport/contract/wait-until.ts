import { setTimeout as pause } from 'node:timers/promises';

/** Waits for progress, looking often. Throws with what was awaited once the bound has passed. */
export async function waitUntil(awaited: string, reached: () => boolean, boundMs = 10_000): Promise<void> {
  const end = Date.now() + boundMs;
  while (!reached()) {
    if (Date.now() > end) throw new Error(`Not within ${boundMs} ms: ${awaited}`);
    await pause(2);
  }
}
