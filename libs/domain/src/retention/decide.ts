import { accept, type Decider, reject } from '../decider.ts';
import { attemptPolicy, memoryOfAttempts } from '../sign-in/attempt-limits.ts';
import type { ExpireSignIns } from './commands.ts';
import type { Expiry, RetentionEvent } from './events.ts';
import { evolveRetention, initialRetention, type RetentionState } from './state.ts';

/**
 * `overtaken`: another process was faster. `not-sealed`: nothing would prove what went. `too-young`: a limit of attempts
 * may still ask about it. `inconsistent`: the list is not of the stretch that it is said to be of.
 */
export type RetentionRejection =
  | 'retention.overtaken'
  | 'retention.not-sealed'
  | 'retention.too-young'
  | 'retention.inconsistent';

export const retentionDecider: Decider<ExpireSignIns, RetentionState, RetentionEvent, RetentionRejection> = {
  initial: initialRetention,
  evolve: evolveRetention,
  decide({ expiry, sealedUpTo }, state) {
    const { after, upTo, before, total, attempts, at } = expiry;
    if (after !== state.upTo) return reject('retention.overtaken', { after: state.upTo });
    if (upTo > sealedUpTo) return reject('retention.not-sealed', { sealedUpTo });
    const youngest = at - memoryOfAttempts(attemptPolicy);
    if (before > youngest || attempts.some(({ recordedAt }) => recordedAt >= before))
      return reject('retention.too-young', { before: youngest });
    if (total !== state.total + attempts.length || !liesBetween(expiry)) return reject('retention.inconsistent');
    return accept({ type: 'signin.expired', data: expiry });
  },
};

function liesBetween({ after, upTo, attempts, letGo }: Expiry): boolean {
  let last = after;
  const ends = new Map<string, number>();
  for (const { number, id, revision } of attempts) {
    if (number <= last) return false;
    const end = ends.get(id);
    if (end !== undefined && revision !== end + 1) return false;
    ends.set(id, revision);
    last = number;
  }
  return last === upTo && letGo.every((stream) => stream.upTo <= (ends.get(stream.id) ?? -1));
}
