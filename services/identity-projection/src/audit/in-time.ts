import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail } from '@evident/contracts';
import type { Found } from '../reading/reading.ts';
import type { Asker, Auditing } from './auditing.ts';

/** Nobody waits any more for what is read. */
class TooLate extends Error {}

/** Ends a long reading, which `inTime` is around, where nobody waits for it any more. */
export function mustBeAwaited({ now }: Pick<Auditing, 'now'>, { deadline }: Pick<Asker, 'deadline'>): void {
  if (now() > deadline) throw new TooLate();
}

/** What a fold of a long stream does between two pages: other requests get their turn, and it ends where nobody waits. */
export function turnsOf(auditing: Pick<Auditing, 'now'>, asker: Pick<Asker, 'deadline'>): () => Promise<void> {
  return async () => {
    mustBeAwaited(auditing, asker);
    await nextTurn();
  };
}

/** The answer; `deadline.passed` where a reading for it ended because nobody waits. */
export async function inTime<Value>(answer: Promise<Found<Value>>): Promise<Found<Value>> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TooLate) return fail('deadline.passed');
    throw error;
  }
}
