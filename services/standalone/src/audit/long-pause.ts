import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. A timer that is set to more goes off at once. */
const longestTimer = 2 ** 31 - 1;

/** A pause of any length, in milliseconds: months too. */
export async function longPause(
  milliseconds: number,
  wait: (piece: number) => Promise<unknown> = sleep,
): Promise<void> {
  for (let left = milliseconds; left > 0; left -= longestTimer) await wait(Math.min(left, longestTimer));
}
