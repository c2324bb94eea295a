import {
  type AttemptPolicy,
  type AttemptResult,
  admit,
  admitAttempt,
  attemptPolicy,
  callerTallyKey,
  closeWait,
  emptyTally,
  isForgettable,
  recordFailure,
  settleAttempt,
  type Tally,
} from '@evident/domain';
import type { RecordedAttempt, RecordedVerdict } from './recorded-attempt.ts';

/** How many of the attempts that one event stands for are refused again, and how many would have been judged. */
export interface Readmission {
  readonly refused: number;
  readonly admitted: number;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

type Throttled = Extract<RecordedVerdict, { outcome: 'throttled' }>;

/** Attempts between two looks at what can be forgotten. */
const tidyEvery = 10_000;

/**
 * The limits of attempts as they would have been kept by another policy, by the functions that keep them live. Attempts go
 * in by the order of the log. Holds a tally for each account and caller that this policy still remembers, no more.
 */
export class ReplayedLimits {
  readonly #policy: AttemptPolicy;
  readonly #tallies = new Map<string, Tally>();
  /** The last wait of each tally here, and as it was recorded. */
  readonly #waits = new Map<string, Span>();
  readonly #recordedWaits = new Map<string, Span>();
  #since = 0;

  constructor(policy: AttemptPolicy) {
    this.#policy = policy;
  }

  /** Whether an attempt that was judged would have been, and what it then counts as. */
  judged(attempt: RecordedAttempt, result: AttemptResult): boolean {
    this.#tidy(attempt.at);
    return this.#try(attempt, result, attempt.at);
  }

  /**
   * The attempts of one event of refusals. The first of a wait has an event of its own; the rest are counted when the wait
   * is over, and taken as spread evenly over it. Who is judged here and was not then counts as having been wrong.
   */
  throttled(attempt: RecordedAttempt, verdict: Throttled): Readmission {
    this.#tidy(attempt.at);
    const key = `${verdict.limit} ${limitKey(attempt, verdict)}`;
    const begun = this.#recordedWaits.get(key);
    if (begun?.until !== verdict.until) {
      const from = beginOf(attempt.at, verdict.until);
      this.#recordedWaits.set(key, { from, until: verdict.until });
      return this.#again(attempt, verdict, { from, until: from }, verdict.count);
    }
    return this.#again(attempt, verdict, begun, verdict.count);
  }

  get remembered(): number {
    return this.#tallies.size;
  }

  #again(attempt: RecordedAttempt, verdict: Throttled, { from, until }: Span, count: number): Readmission {
    const key = limitKey(attempt, verdict);
    const step = (until - from) / (count + 1);
    let [refused, admitted] = [0, 0];
    for (let nth = 1; nth <= count; nth++) {
      const at = from + nth * step;
      const wait = this.#waits.get(key);
      if (wait !== undefined && at >= wait.from && at < wait.until) {
        // All that fall into a wait are refused by it: a flood is counted, not walked through.
        const last = Math.max(nth, Math.min(count, Math.ceil((wait.until - from) / step) - 1));
        refused += last - nth + 1;
        nth = last;
        continue;
      }
      const isIn =
        count > 1 && verdict.limit === 'account'
          ? this.#tryAccount(attempt, at)
          : this.#try(attempt, 'wrong-password', at);
      if (isIn) admitted += 1;
      else refused += 1;
    }
    return { refused, admitted };
  }

  #try({ account, caller }: RecordedAttempt, result: AttemptResult, at: number): boolean {
    // Of a bad key: what its password would have been nobody looked at.
    if (account === null) return this.#tryOne(caller, this.#policy.badKeysPerAddress, at);
    const key = callerTallyKey(account, caller);
    const before = { caller: this.#read(key, at), account: this.#read(account, at) };
    const admission = admitAttempt(before, this.#policy, at);
    if (admission.admission !== 'admitted') {
      if (admission.admission === 'refused') {
        this.#tallies.set(key, admission.tallies.caller);
        this.#tallies.set(account, admission.tallies.account);
        this.#note(admission.limit === 'account' ? account : key, at, admission.until);
      }
      return false;
    }
    const after = settleAttempt(admission.tallies, { exempt: admission.exempt, result }, this.#policy, at);
    this.#tallies.set(key, after.caller);
    this.#tallies.set(account, after.account);
    return true;
  }

  /** From callers that the log does not tell apart. */
  #tryAccount({ account }: RecordedAttempt, at: number): boolean {
    return account !== null && this.#tryOne(account, this.#policy.perAccount, at);
  }

  #tryOne(key: string, limit: number, at: number): boolean {
    const admission = admit(this.#read(key, at), limit, this.#policy, at);
    if (admission.admission === 'wait') return false;
    if (admission.admission === 'refused') {
      this.#tallies.set(key, admission.tally);
      this.#note(key, at, admission.until);
      return false;
    }
    this.#tallies.set(key, recordFailure(admission.tally, limit, this.#policy, at));
    return true;
  }

  /** What a wait that is over refused is recorded and out of the tally, as it is live. */
  #read(key: string, at: number): Tally {
    const tally = this.#tallies.get(key) ?? emptyTally;
    return closeWait(tally, at)?.tally ?? tally;
  }

  #note(key: string, at: number, until: number): void {
    if (this.#waits.get(key)?.until !== until) this.#waits.set(key, { from: at, until });
  }

  #tidy(now: number): void {
    this.#since += 1;
    if (this.#since < tidyEvery) return;
    this.#since = 0;
    for (const key of this.#tallies.keys()) {
      if (isForgettable(this.#read(key, now), this.#policy, now)) this.#tallies.delete(key);
    }
    const forgotten = now - Math.max(this.#policy.longestWaitMs, attemptPolicy.longestWaitMs) - this.#policy.windowMs;
    for (const waits of [this.#waits, this.#recordedWaits]) {
      for (const [key, { until }] of waits) if (until < forgotten) waits.delete(key);
    }
  }
}

function limitKey({ account, caller }: RecordedAttempt, { limit }: Throttled): string {
  if (account === null) return caller;
  return limit === 'account' ? account : callerTallyKey(account, caller);
}

/** A first refusal is recorded a moment after it: its wait was one of those that the limits in force give. */
function beginOf(at: number, until: number): number {
  const { firstWaitMs, longestWaitMs } = attemptPolicy;
  for (let wait = firstWaitMs; ; wait *= 2) {
    const length = Math.min(wait, longestWaitMs);
    const begin = until - length;
    if (begin <= at && at - begin < 2_000) return begin;
    if (length === longestWaitMs) return at;
  }
}
