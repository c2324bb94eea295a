import { type AttemptTallies, attemptResult, isExempt, settleAttempt } from './attempt.ts';
import { type AttemptPolicy, attemptPolicy, emptyTally, recordFailure, type Tally } from './attempt-limits.ts';
import type { SignInEvent } from './events.ts';

/** Tallies as they stood after the last of some recorded attempts; none of these is pending. */
export interface RefilledTallies {
  /** By the keyed hash of the account. */
  readonly accounts: ReadonlyMap<string, Tally>;
  /** By `callerTallyKey`. */
  readonly callers: ReadonlyMap<string, Tally>;
  /** Bad keys, by the keyed hash of the address. */
  readonly addresses: ReadonlyMap<string, Tally>;
}

/** Names the tally of one account from one caller. Neither hash holds a space. */
export function callerTallyKey(account: string, caller: string): string {
  return `${account} ${caller}`;
}

/**
 * What a restart forgot, from recorded attempts in the order of their stream (its end is enough: an attempt older
 * than the policy's spans changes nothing). The same events give the same tallies.
 */
export function refillTallies(events: Iterable<SignInEvent>, policy: AttemptPolicy = attemptPolicy): RefilledTallies {
  const accounts = new Map<string, Tally>();
  const callers = new Map<string, Tally>();
  const addresses = new Map<string, Tally>();
  for (const event of events) {
    const { account, caller, at } = event.data;
    if (account === null) {
      addresses.set(caller, afterBadKey(addresses.get(caller) ?? emptyTally, event, policy));
      continue;
    }
    const key = callerTallyKey(account, caller);
    const before = { caller: callers.get(key) ?? emptyTally, account: accounts.get(account) ?? emptyTally };
    const after = afterAttempt(before, event, policy, at);
    callers.set(key, after.caller);
    accounts.set(account, after.account);
  }
  return { accounts, callers, addresses };
}

function afterBadKey(tally: Tally, event: SignInEvent, policy: AttemptPolicy): Tally {
  if (event.type === 'signin.throttled') return waitAgain(tally, event.data, policy);
  return recordFailure(tally, policy.badKeysPerAddress, policy, event.data.at);
}

function afterAttempt(tallies: AttemptTallies, event: SignInEvent, policy: AttemptPolicy, at: number): AttemptTallies {
  if (event.type === 'signin.throttled') {
    return event.data.limit === 'account'
      ? { ...tallies, account: waitAgain(tallies.account, event.data, policy) }
      : { ...tallies, caller: waitAgain(tallies.caller, event.data, policy) };
  }
  const { purpose } = event.data;
  const result = attemptResult(event.type === 'signin.failed' ? event.data.reason : undefined, purpose);
  return settleAttempt(tallies, { exempt: isExempt(tallies.caller, policy, at), result }, policy, at);
}

/** The event that begins a wait tells by its length which of the doubled waits it was; the one that counts the rest tells nothing new. */
function waitAgain(tally: Tally, { at, until }: { at: number; until: number }, policy: AttemptPolicy): Tally {
  if (until <= tally.refusedUntil) return tally;
  const doublings = Math.round(Math.log2(Math.max(until - at, policy.firstWaitMs) / policy.firstWaitMs));
  // Forgotten as it is live: a wait that has been over for a window lengthens no later one.
  const waits = at - tally.refusedUntil < policy.windowMs ? tally.waits : 0;
  return { ...tally, waits: Math.max(waits, doublings) + 1, refusedUntil: until };
}
