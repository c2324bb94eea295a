import { describe, expect, test } from 'vitest';
import {
  type AttemptAdmission,
  type AttemptResult,
  type AttemptTallies,
  admitAttempt,
  attemptResult,
  settleAttempt,
} from './attempt.ts';
import { emptyTally, attemptPolicy as policy, type Tally } from './attempt-limits.ts';

const start = 1_800_000_000_000;
const fresh: AttemptTallies = { caller: emptyTally, account: emptyTally };

function attempt(tallies: AttemptTallies, result: AttemptResult, now = start): AttemptTallies {
  const admission = admitAttempt(tallies, policy, now);
  if (admission.admission !== 'admitted') throw new Error(`expected admitted, was ${admission.admission}`);
  return settleAttempt(admission.tallies, { exempt: admission.exempt, result }, policy, now);
}

function refused(admission: AttemptAdmission): Extract<AttemptAdmission, { admission: 'refused' }> {
  if (admission.admission !== 'refused') throw new Error(`expected refused, was ${admission.admission}`);
  return admission;
}

/** The account's tally after a hundred failures, ten from each of ten callers. */
function manyCallers(now = start): Tally {
  let { account } = fresh;
  for (let caller = 0; caller < 10; caller++) {
    let tallies: AttemptTallies = { caller: emptyTally, account };
    for (let guess = 0; guess < 10; guess++) tallies = attempt(tallies, 'wrong-password', now);
    account = tallies.account;
  }
  return account;
}

describe('an attempt on an account', () => {
  test('is refused to a caller who failed ten times, and to nobody else', () => {
    let tallies = fresh;
    for (let guess = 0; guess < 10; guess++) tallies = attempt(tallies, 'wrong-password');
    expect(refused(admitAttempt(tallies, policy, start))).toMatchObject({ limit: 'caller', until: start + 30_000 });
    expect(admitAttempt({ ...tallies, caller: emptyTally }, policy, start).admission).toBe('admitted');
  });

  test('is refused to every stranger after a hundred failures from all callers', () => {
    const refusal = refused(admitAttempt({ caller: emptyTally, account: manyCallers() }, policy, start));
    expect(refusal).toMatchObject({ limit: 'account', firstOfWindow: true, until: start + 30_000 });
  });

  test('takes no place with the caller where the account refuses it, nor the other way round', () => {
    const { tallies } = refused(admitAttempt({ caller: emptyTally, account: manyCallers() }, policy, start));
    expect(tallies.caller).toEqual(emptyTally);
    expect(tallies.account).toMatchObject({ waits: 1, refusedUntil: start + 30_000 });
    let exhausted = fresh;
    for (let guess = 0; guess < 10; guess++) exhausted = attempt(exhausted, 'wrong-password');
    expect(refused(admitAttempt(exhausted, policy, start)).tallies.account).toBe(exhausted.account);
  });

  test('holds a place in both tallies until it is judged', () => {
    expect(admitAttempt(fresh, policy, start)).toMatchObject({
      tallies: { caller: { pending: 1 }, account: { pending: 1 } },
    });
  });

  test('waits where either tally has no place left for now', () => {
    const full = { ...emptyTally, pending: policy.perAccount };
    expect(admitAttempt({ caller: emptyTally, account: full }, policy, start).admission).toBe('wait');
    expect(admitAttempt({ caller: full, account: emptyTally }, policy, start).admission).toBe('wait');
  });

  test('that was not judged, a bad key among others, counts against nobody', () => {
    expect(attempt(fresh, 'not-judged')).toEqual(fresh);
  });
});

describe('who lately succeeded from this caller', () => {
  const known = attempt(fresh, 'right-password').caller;

  test('is exempt from the limit of all callers', () => {
    expect(admitAttempt({ caller: known, account: manyCallers() }, policy, start)).toMatchObject({ exempt: true });
  });

  test('is exempt for a day and no longer', () => {
    const now = start + policy.exemptMs;
    const account = manyCallers(now);
    expect(admitAttempt({ caller: known, account }, policy, now - 1).admission).toBe('admitted');
    expect(admitAttempt({ caller: known, account }, policy, now).admission).toBe('refused');
  });

  test('is not exempt from the limit of this caller', () => {
    let tallies: AttemptTallies = { caller: known, account: emptyTally };
    for (let guess = 0; guess < 10; guess++) tallies = attempt(tallies, 'wrong-password');
    expect(refused(admitAttempt(tallies, policy, start)).limit).toBe('caller');
  });

  test('changes nothing for the strangers, right or wrong', () => {
    const account = manyCallers();
    for (const result of ['right-password', 'wrong-password', 'not-judged'] as const) {
      expect(attempt({ caller: known, account }, result).account).toBe(account);
    }
  });
});

describe('the outcome of an attempt', () => {
  test('is a right password wherever that was found out, though something else was refused', () => {
    expect(attemptResult(undefined)).toBe('right-password');
    expect(attemptResult('inactive')).toBe('right-password');
    expect(attemptResult('not-assigned')).toBe('right-password');
    expect(attemptResult('not-administrator')).toBe('right-password');
  });

  test('is the same for unknown and known names', () => {
    expect(attemptResult('unknown-user')).toBe('wrong-password');
    expect(attemptResult('wrong-password')).toBe('wrong-password');
    expect(attemptResult('inactive', 'token')).toBe('wrong-password');
    expect(attemptResult('inactive', 'session')).toBe('wrong-password');
  });

  test('is none where the key was bad', () => {
    expect(attemptResult('unknown-key')).toBe('not-judged');
  });
});
