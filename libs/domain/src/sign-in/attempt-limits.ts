/**
 * How many failed attempts are answered before the next is refused unjudged (api/asf.md, "limits"). Pure, so that a
 * replay can run recorded attempts against another policy; whoever keeps the tallies passes the time in.
 */
export interface AttemptPolicy {
  /** Failures older than this are forgotten. */
  readonly windowMs: number;
  /** Failures answered for one account from one caller. */
  readonly perCaller: number;
  /** Failures answered for one account from all callers together. */
  readonly perAccount: number;
  /** Bad keys answered for one address. */
  readonly badKeysPerAddress: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const attemptPolicy: AttemptPolicy = {
  windowMs: 15 * 60_000,
  perCaller: 10,
  perAccount: 100,
  badKeysPerAddress: 100,
  firstWaitMs: 30_000,
  longestWaitMs: 15 * 60_000,
};

/** What is remembered of one account, one account from one caller, or one address. */
export interface Tally {
  /** Instants of the failures, oldest first; at most as many as the limit are kept. */
  readonly failures: readonly number[];
  /** Attempts begun and not yet judged: each holds a place, so that parallel guesses cannot slip past. */
  readonly pending: number;
  /** Refusals begun since the tally was last clear: each doubles the wait. */
  readonly waits: number;
  /** Refused until this instant. */
  readonly refusedUntil: number;
}

export const emptyTally: Tally = { failures: [], pending: 0, waits: 0, refusedUntil: 0 };

export type Admission =
  | { readonly admission: 'admitted'; readonly tally: Tally }
  /** All places are held by attempts in flight: ask again when one of them has been judged. */
  | { readonly admission: 'wait' }
  | { readonly admission: 'refused'; readonly tally: Tally; readonly until: number; readonly firstOfWindow: boolean };

/** May one more attempt begin? A refused one does not count. */
export function admit(tally: Tally, limit: number, policy: AttemptPolicy, now: number): Admission {
  if (now < tally.refusedUntil) {
    return { admission: 'refused', tally, until: tally.refusedUntil, firstOfWindow: false };
  }
  const failures = recent(tally.failures, policy, now);
  const waits = failures.length < limit ? 0 : tally.waits;
  // After a wait exactly one attempt is judged: right clears the tally, wrong begins a longer wait.
  const waitIsOver = waits > 0 && now >= tally.refusedUntil && tally.refusedUntil > 0;
  if (failures.length >= limit && !(waitIsOver && failedBeforeWait(failures, tally))) {
    const until = now + Math.min(policy.firstWaitMs * 2 ** waits, policy.longestWaitMs);
    return {
      admission: 'refused',
      tally: { ...tally, failures, waits: waits + 1, refusedUntil: until },
      until,
      firstOfWindow: true,
    };
  }
  const places = failures.length >= limit ? 1 : limit - failures.length;
  if (tally.pending >= places) return { admission: 'wait' };
  return { admission: 'admitted', tally: { ...tally, failures, waits, pending: tally.pending + 1 } };
}

/** The attempt failed: its place becomes a failure. */
export function recordFailure(tally: Tally, limit: number, policy: AttemptPolicy, now: number): Tally {
  const failures = [...recent(tally.failures, policy, now), now].slice(-limit);
  return { ...tally, failures, pending: Math.max(0, tally.pending - 1) };
}

/** The attempt succeeded: its place is given back and the past is forgotten. */
export function recordSuccess(tally: Tally): Tally {
  return { ...emptyTally, pending: Math.max(0, tally.pending - 1) };
}

/** The attempt was not judged after all (shed, or a fault): as if it had never begun. */
export function giveBack(tally: Tally): Tally {
  return { ...tally, pending: Math.max(0, tally.pending - 1) };
}

function recent(failures: readonly number[], policy: AttemptPolicy, now: number): readonly number[] {
  const oldest = now - policy.windowMs;
  return failures.length > 0 && (failures[0] ?? 0) <= oldest ? failures.filter((at) => at > oldest) : failures;
}

/** True while nothing has failed since the last wait began: the one attempt after it is still due. */
function failedBeforeWait(failures: readonly number[], tally: Tally): boolean {
  const last = failures.at(-1) ?? 0;
  return last < tally.refusedUntil;
}
