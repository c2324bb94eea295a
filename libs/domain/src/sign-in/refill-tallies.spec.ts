import { describe, expect, test } from 'vitest';
import { type AttemptTallies, admitAttempt, settleAttempt } from './attempt.ts';
import { admit, emptyTally, attemptPolicy as policy, recordFailure } from './attempt-limits.ts';
import type { FailureReason, SignInEvent } from './events.ts';
import { callerTallyKey, refillTallies } from './refill-tallies.ts';

const start = 1_800_000_000_000;
const account = 'k1.account';
const caller = 'k1.caller';
const judged = { app: 0, reservation: 0, user: 0 };
const userId = '00000000-0000-4000-8000-000000000001';

const failed = (reason: FailureReason, at: number, from = caller): SignInEvent => ({
  type: 'signin.failed',
  data: { purpose: 'verify', reason, userId, appId: null, judged, account, caller: from, at },
});
const badKey = (at: number): SignInEvent => ({
  type: 'signin.failed',
  data: { purpose: 'verify', reason: 'unknown-key', userId: null, appId: null, judged, account: null, caller, at },
});
const succeeded = (at: number): SignInEvent => ({
  type: 'signin.succeeded',
  data: {
    purpose: 'verify',
    userId,
    appId: null,
    audience: null,
    generation: 1,
    ticketHash: null,
    judged,
    account,
    caller,
    at,
  },
});
const throttled = (limit: 'caller' | 'account' | 'address', at: number, until: number, count = 1): SignInEvent => ({
  type: 'signin.throttled',
  data: {
    purpose: 'verify',
    appId: null,
    limit,
    count,
    account: limit === 'address' ? null : account,
    caller,
    until,
    at,
  },
});

describe('tallies after a restart', () => {
  test('are those of the failures that were recorded', () => {
    const { callers, accounts } = refillTallies([1, 2, 3].map((at) => failed('wrong-password', start + at)));
    const failures = [start + 1, start + 2, start + 3];
    expect(callers.get(callerTallyKey(account, caller))).toEqual({ ...emptyTally, failures });
    expect(accounts.get(account)).toEqual({ ...emptyTally, failures });
  });

  test('keep callers apart and accounts together', () => {
    const { callers, accounts } = refillTallies([
      failed('unknown-user', start),
      failed('unknown-user', start + 1, 'k1.other'),
    ]);
    expect(callers.get(callerTallyKey(account, 'k1.other'))?.failures).toEqual([start + 1]);
    expect(accounts.get(account)?.failures).toEqual([start, start + 1]);
  });

  test('count bad keys by address and against no account', () => {
    const { addresses, accounts } = refillTallies([badKey(start), badKey(start + 1)]);
    expect(addresses.get(caller)?.failures).toEqual([start, start + 1]);
    expect(accounts.size).toBe(0);
  });

  test('are cleared by a right password, which is remembered for its caller', () => {
    const { callers, accounts } = refillTallies([failed('wrong-password', start), succeeded(start + 1)]);
    expect(callers.get(callerTallyKey(account, caller))).toEqual({ ...emptyTally, lastSuccess: start + 1 });
    expect(accounts.get(account)).toEqual(emptyTally);
    const inactive = refillTallies([failed('wrong-password', start), failed('inactive', start + 1)]);
    expect(inactive.accounts.get(account)).toEqual(emptyTally);
  });

  test('count what a caller fails after a success against that caller alone', () => {
    const { callers, accounts } = refillTallies([succeeded(start), failed('wrong-password', start + 1)]);
    expect(callers.get(callerTallyKey(account, caller))?.failures).toEqual([start + 1]);
    expect(accounts.get(account)?.failures).toEqual([]);
  });

  test('stand in the wait that ran, and the next is twice as long', () => {
    const ten = Array.from({ length: 10 }, (_, at) => failed('wrong-password', start + at));
    const until = start + 10 + 60_000;
    const { callers } = refillTallies([
      ...ten,
      throttled('caller', start + 10, until),
      throttled('caller', until, until, 7),
    ]);
    const tally = callers.get(callerTallyKey(account, caller)) ?? emptyTally;
    expect(admit(tally, policy.perCaller, policy, until - 1)).toMatchObject({ admission: 'refused', until });
    const next = admit(recordFailure(tally, policy.perCaller, policy, until), policy.perCaller, policy, until);
    expect(next).toMatchObject({ admission: 'refused', until: until + 120_000 });
  });

  test('know the wait even where the failures before it were not read', () => {
    const { callers, accounts, addresses } = refillTallies([
      throttled('account', start, start + 900_000),
      throttled('address', start, start + 30_000),
    ]);
    expect(callers.get(callerTallyKey(account, caller))).toEqual(emptyTally);
    expect(accounts.get(account)?.refusedUntil).toBe(start + 900_000);
    expect(addresses.get(caller)).toMatchObject({ refusedUntil: start + 30_000, waits: 1 });
  });

  test('count the waits that follow each other, also once they grow no longer', () => {
    const eight = Array.from({ length: 8 }, (_, n) => start + n * policy.longestWaitMs);
    const { accounts } = refillTallies(eight.map((at) => throttled('account', at, at + policy.longestWaitMs)));
    // The first of them tells that five were before it.
    expect(accounts.get(account)?.waits).toBe(6 + 7);
  });

  test('forget a wait of long ago: it lengthens no later one', () => {
    const later = start + 30_000 + policy.windowMs;
    const { accounts } = refillTallies([
      throttled('account', start, start + 30_000),
      throttled('account', later, later + 30_000),
    ]);
    expect(accounts.get(account)).toMatchObject({ refusedUntil: later + 30_000, waits: 1 });
  });

  test('are what they were before it, whatever was attempted', () => {
    let tallies: AttemptTallies = { caller: emptyTally, account: emptyTally };
    const recorded: SignInEvent[] = [];
    for (let step = 0; step < 200; step++) {
      const at = start + step * 7_000;
      const admission = admitAttempt(tallies, policy, at);
      if (admission.admission === 'wait') throw new Error('nothing is in flight');
      tallies = admission.tallies;
      if (admission.admission === 'refused') {
        if (admission.firstOfWindow) recorded.push(throttled(admission.limit, at, admission.until));
        continue;
      }
      const right = step % 61 === 60;
      recorded.push(right ? succeeded(at) : failed('wrong-password', at));
      const result = right ? 'right-password' : 'wrong-password';
      tallies = settleAttempt(tallies, { exempt: admission.exempt, result }, policy, at);
    }
    const refilled = refillTallies(recorded);
    expect(recorded.filter(({ type }) => type === 'signin.throttled').length).toBeGreaterThan(5);
    expect(refilled.callers.get(callerTallyKey(account, caller))).toEqual({ ...tallies.caller, refusals: 0 });
    expect(refilled.accounts.get(account)).toEqual(tallies.account);
  });
});
