import type { ReplayPolicy } from '@evident/contracts';
import { attemptResult, type FailureReason } from '@evident/domain';
import { networkCheck } from './allowed-networks.ts';
import { judgeAgain } from './judged-again.ts';
import { limitsOf } from './read-policy.ts';
import type { RecordedAttempt, RecordedVerdict } from './recorded-attempt.ts';
import { ReplayedLimits } from './replayed-limits.ts';

/** What became of an attempt. `refused`: it came from a network that is not allowed. */
export type ReplayedOutcome =
  | { readonly outcome: 'succeeded'; readonly reason: null }
  | { readonly outcome: 'failed'; readonly reason: FailureReason }
  | { readonly outcome: 'throttled'; readonly reason: 'too-many-attempts' }
  | { readonly outcome: 'refused'; readonly reason: 'network-not-allowed' }
  /** Its password was never looked at, or nobody knows any more where it came from. */
  | { readonly outcome: 'unknown'; readonly reason: 'never-verified' | 'address-not-known' };

/** What one event of an attempt becomes under a policy; an event that counts several may become two. */
export interface ReplayedAttempt {
  readonly attempt: RecordedAttempt;
  readonly recorded: ReplayedOutcome;
  readonly replayed: ReplayedOutcome;
  /** How many attempts; one, save for those that the log counts together. */
  readonly count: number;
  readonly differs: boolean;
}

const throttled: ReplayedOutcome = { outcome: 'throttled', reason: 'too-many-attempts' };
const refused: ReplayedOutcome = { outcome: 'refused', reason: 'network-not-allowed' };
const neverVerified: ReplayedOutcome = { outcome: 'unknown', reason: 'never-verified' };
const addressNotKnown: ReplayedOutcome = { outcome: 'unknown', reason: 'address-not-known' };

/**
 * Recorded attempts, one after the other in the order of the log, against a changed policy: by the functions that decide
 * live, and with what the log knows of each. People are taken to try what they tried: nobody comes back sooner because a
 * wait is shorter. First where it comes from, then whether it is judged at all, then the verdict.
 */
export class PolicyReplay {
  readonly #limits: ReplayedLimits | undefined;
  readonly #isAllowed: ReturnType<typeof networkCheck>;
  readonly #assigned = new Map<string, boolean>();

  constructor(policy: ReplayPolicy) {
    const limits = limitsOf(policy);
    this.#limits = limits === undefined ? undefined : new ReplayedLimits(limits);
    this.#isAllowed = networkCheck(policy);
    for (const { user, app } of policy.assignments?.add ?? []) this.#assigned.set(`${user} ${app}`, true);
    for (const { user, app } of policy.assignments?.remove ?? []) this.#assigned.set(`${user} ${app}`, false);
  }

  next(attempt: RecordedAttempt): readonly ReplayedAttempt[] {
    const { verdict } = attempt;
    const recorded = recordedOutcome(verdict);
    const became = (replayed: ReplayedOutcome, count = 1): ReplayedAttempt => ({
      attempt,
      recorded,
      replayed,
      count,
      differs: recorded.outcome !== replayed.outcome || recorded.reason !== replayed.reason,
    });
    const allowed = this.#isAllowed(attempt.clientIp, attempt.app);
    // Turned away at the door: not judged, and counted against nobody.
    if (allowed === false) return [became(refused, verdict.outcome === 'throttled' ? verdict.count : 1)];
    const outcomes = this.#judge(attempt, became);
    return allowed === undefined ? outcomes.map(({ count }) => became(addressNotKnown, count)) : outcomes;
  }

  #judge(
    attempt: RecordedAttempt,
    became: (replayed: ReplayedOutcome, count?: number) => ReplayedAttempt,
  ): readonly ReplayedAttempt[] {
    const { verdict, purpose } = attempt;
    if (verdict.outcome === 'throttled') {
      if (this.#limits === undefined) return [became(throttled, verdict.count)];
      const again = this.#limits.throttled(attempt, verdict);
      return [
        ...(again.refused > 0 ? [became(throttled, again.refused)] : []),
        ...(again.admitted > 0 ? [became(neverVerified, again.admitted)] : []),
      ];
    }
    const reason = verdict.outcome === 'failed' ? verdict.reason : undefined;
    if (this.#limits?.judged(attempt, attemptResult(reason, purpose)) === false) return [became(throttled)];
    const assigned = this.#assigned.get(`${attempt.user} ${attempt.app}`);
    return [became(recordedOutcome(judgeAgain({ purpose, reason, assigned })))];
  }
}

function recordedOutcome(
  verdict: RecordedVerdict | { readonly outcome: 'failed'; readonly reason: FailureReason },
): ReplayedOutcome {
  if (verdict.outcome === 'succeeded') return { outcome: 'succeeded', reason: null };
  return verdict.outcome === 'failed' ? { outcome: 'failed', reason: verdict.reason } : throttled;
}
