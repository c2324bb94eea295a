/**
 * How many failed attempts are answered before the next is refused unjudged (api/asf.md, "limits"). Pure, so that a
 * replay can run recorded attempts against another policy; whoever keeps the tallies passes the time in.
 */
export interface AttemptPolicy {
  /** Failures older than this are forgotten, and so is a wait that has been over for as long. */
  readonly windowMs: number;
  /** Failures answered for one account from one caller. */
  readonly perCaller: number;
  /** Failures answered for one account from all callers together. */
  readonly perAccount: number;
  /** Bad keys answered for one address. */
  readonly badKeysPerAddress: number;
  /** The first wait; each later one is twice as long as the one before, up to the longest. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** How long a success exempts its caller from the limit of all callers. */
  readonly exemptMs: number;
}

const minute = 60_000;

export const attemptPolicy: AttemptPolicy = {
  windowMs: 15 * minute,
  perCaller: 10,
  perAccount: 100,
  badKeysPerAddress: 100,
  firstWaitMs: minute / 2,
  longestWaitMs: 15 * minute,
  exemptMs: 24 * 60 * minute,
};

/**
 * Milliseconds after which an attempt changes nothing any more: a success exempts later failures, which count for a
 * window, and a wait that was begun by them is remembered for another one after its end.
 */
export function memoryOfAttempts({ exemptMs, windowMs, longestWaitMs }: AttemptPolicy): number {
  return exemptMs + windowMs + longestWaitMs;
}

/** What is remembered of one account, one account from one caller, or one address. Instants in milliseconds. */
export interface Tally {
  /** Instants of the failures, oldest first; at most as many as the limit are kept. */
  readonly failures: readonly number[];
  /** Attempts begun and not yet judged: each holds a place, so that parallel guesses cannot slip past. */
  readonly pending: number;
  /** Waits begun since the tally was last clear: each doubles the next. While there are any, one is judged at a time. */
  readonly waits: number;
  /** Refused until this instant. */
  readonly refusedUntil: number;
  /** Attempts refused in this wait after its first: recorded together when it is over (`closeWait`). */
  readonly refusals: number;
  /** The last right password, undefined where none is remembered. */
  readonly lastSuccess: number | undefined;
}

export const emptyTally: Tally = {
  failures: [],
  pending: 0,
  waits: 0,
  refusedUntil: 0,
  refusals: 0,
  lastSuccess: undefined,
};

export type Admission =
  | { readonly admission: 'admitted'; readonly tally: Tally }
  /** All places are held by attempts in flight: ask again when one of them has been judged. */
  | { readonly admission: 'wait' }
  /** `firstOfWindow`: this one begins the wait and is recorded at once; the rest are counted in the tally. */
  | { readonly admission: 'refused'; readonly tally: Tally; readonly until: number; readonly firstOfWindow: boolean };

/** May one more attempt begin? A refused one does not count against anybody. */
export function admit(tally: Tally, limit: number, policy: AttemptPolicy, now: number): Admission {
  if (now < tally.refusedUntil) {
    const counted = { ...tally, refusals: tally.refusals + 1 };
    return { admission: 'refused', tally: counted, until: tally.refusedUntil, firstOfWindow: false };
  }
  const current = forget(tally, policy, now);
  // After a wait one attempt at a time is judged: right clears the tally, wrong begins a longer wait.
  const afterWait = current.waits > 0;
  const used = afterWait ? Number(failedSince(current, current.refusedUntil)) : current.failures.length;
  const places = (afterWait ? 1 : limit) - used;
  if (places <= 0) {
    const until = now + Math.min(policy.firstWaitMs * 2 ** current.waits, policy.longestWaitMs);
    const refused = { ...current, waits: current.waits + 1, refusedUntil: until, refusals: 0 };
    return { admission: 'refused', tally: refused, until, firstOfWindow: true };
  }
  if (current.pending >= places) return { admission: 'wait' };
  return { admission: 'admitted', tally: { ...current, pending: current.pending + 1 } };
}

/** The attempt failed: its place becomes a failure. */
export function recordFailure(tally: Tally, limit: number, policy: AttemptPolicy, now: number): Tally {
  const current = forget(giveBack(tally), policy, now);
  return { ...current, failures: [...current.failures, now].slice(-limit) };
}

/**
 * The password was right: the place is given back and the failures and waits before it are forgotten. What was
 * refused and not recorded yet stays to be recorded. `at` is when, undefined where it need not be remembered.
 */
export function recordSuccess(tally: Tally, at: number | undefined): Tally {
  const { pending, refusals, refusedUntil } = giveBack(tally);
  return { ...emptyTally, pending, refusals, refusedUntil: refusals > 0 ? refusedUntil : 0, lastSuccess: at };
}

/** The attempt was not judged after all (shed, a fault, a bad key): as if it had never begun. */
export function giveBack(tally: Tally): Tally {
  return { ...tally, pending: Math.max(0, tally.pending - 1) };
}

/**
 * What is to be recorded of a wait that is over: how many were refused after its first. Undefined while it runs and
 * where there were none. Ask before `admit` and when the wait ends, so that the count is recorded once.
 */
export function closeWait(tally: Tally, now: number): { tally: Tally; count: number; until: number } | undefined {
  if (tally.refusals === 0 || now < tally.refusedUntil) return undefined;
  return { tally: { ...tally, refusals: 0 }, count: tally.refusals, until: tally.refusedUntil };
}

/** True where the tally says no more than an empty one: it need not be kept. */
export function isForgettable(tally: Tally, policy: AttemptPolicy, now: number): boolean {
  const { failures, pending, waits, refusals, lastSuccess } = forget(tally, policy, now);
  return failures.length === 0 && pending + waits + refusals === 0 && !succeededLately(lastSuccess, policy, now);
}

/** Did a right password come lately enough to exempt its caller from the limit of all callers? */
export function succeededLately(lastSuccess: number | undefined, policy: AttemptPolicy, now: number): boolean {
  return lastSuccess !== undefined && now - lastSuccess < policy.exemptMs;
}

function forget(tally: Tally, policy: AttemptPolicy, now: number): Tally {
  const failures = tally.failures.filter((at) => now - at < policy.windowMs);
  const waits = now - tally.refusedUntil < policy.windowMs ? tally.waits : 0;
  return { ...tally, failures, waits };
}

function failedSince({ failures }: Tally, instant: number): boolean {
  return (failures.at(-1) ?? Number.NEGATIVE_INFINITY) >= instant;
}
