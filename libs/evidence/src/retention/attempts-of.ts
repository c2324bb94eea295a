import type { ExpiredAttempt, Expiry } from '@evident/domain';

/** Attempts of expiries one by one, from the first whose number is greater. */
export async function* attemptsOf(expiries: AsyncIterable<Expiry>, after = 0): AsyncGenerator<ExpiredAttempt> {
  for await (const { attempts } of expiries) {
    for (const attempt of attempts) if (attempt.number > after) yield attempt;
  }
}
