import type { ExpiredAttempt } from '@evident/domain';
import { type ExpiryLog, expiriesAfter } from './expiries-on-log.ts';

/** Attempts that expired with a number greater than one, one by one in the order of the log. */
export async function* attemptsAfter(log: ExpiryLog, number: number): AsyncGenerator<ExpiredAttempt> {
  for await (const { attempts } of expiriesAfter(log, number)) {
    for (const attempt of attempts) if (attempt.number > number) yield attempt;
  }
}
