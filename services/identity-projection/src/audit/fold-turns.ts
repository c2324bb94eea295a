import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail } from '@evident/contracts';
import type { Found } from '../queries/reading.ts';
import type { Asker, Auditing } from './auditing.ts';

/** Nobody waits any more for what is folded. */
class TooLate extends Error {}

/** What a fold of a long stream does between two pages: other requests get their turn, and it ends where nobody waits. */
export function turnsOf({ now }: Pick<Auditing, 'now'>, { deadline }: Pick<Asker, 'deadline'>): () => Promise<void> {
  return async () => {
    if (now() > deadline) throw new TooLate();
    await nextTurn();
  };
}

/** The answer; `deadline.passed` where a fold for it ended because nobody waits. */
export async function inTime<Value>(answer: Promise<Found<Value>>): Promise<Found<Value>> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TooLate) return fail('deadline.passed');
    throw error;
  }
}
