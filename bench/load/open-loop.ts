import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks at a steady rate whatever the answers take, as many clients do who know nothing of each other; resolves when all
 * were answered. What falls behind is sent at once, so that the rate holds on average. `everyMs` is how often it looks
 * what is due: the rarer, the less of the machine it takes from the server beside it, and the more goes out together.
 */
export async function openLoop<Answer>(
  seconds: number,
  perSecond: number,
  ask: (turn: number) => Promise<Answer>,
  everyMs = 1,
): Promise<readonly Answer[]> {
  const total = Math.round(seconds * perSecond);
  const began = performance.now();
  const asked: Promise<Answer>[] = [];
  while (asked.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1_000) * perSecond) + 1);
    while (asked.length < due) asked.push(ask(asked.length));
    await pause(everyMs);
  }
  return Promise.all(asked);
}
