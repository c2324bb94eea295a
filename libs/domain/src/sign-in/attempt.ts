import {
  type AttemptPolicy,
  admit,
  giveBack,
  recordFailure,
  recordSuccess,
  succeededLately,
  type Tally,
} from './attempt-limits.ts';
import type { FailureReason, SignInPurpose, ThrottlingLimit } from './events.ts';

/** The two tallies that one attempt on an account is counted in. */
export interface AttemptTallies {
  /** Of this account from this caller. */
  readonly caller: Tally;
  /** Of this account from all callers together. */
  readonly account: Tally;
}

export type AttemptAdmission =
  /** `exempt`: it holds no place in the account's tally; to be handed to `settleAttempt`. */
  | { readonly admission: 'admitted'; readonly tallies: AttemptTallies; readonly exempt: boolean }
  | { readonly admission: 'wait' }
  | {
      readonly admission: 'refused';
      readonly tallies: AttemptTallies;
      readonly limit: Exclude<ThrottlingLimit, 'address'>;
      readonly until: number;
      readonly firstOfWindow: boolean;
    };

/**
 * May this attempt on an account be judged? It takes a place in both tallies or in none. Who lately succeeded from
 * this caller is exempt from the limit of all callers, so that strangers who guess cannot shut the owner out.
 */
export function admitAttempt(tallies: AttemptTallies, policy: AttemptPolicy, now: number): AttemptAdmission {
  const byCaller = admit(tallies.caller, policy.perCaller, policy, now);
  if (byCaller.admission === 'refused') {
    const { tally: caller, until, firstOfWindow } = byCaller;
    return { admission: 'refused', tallies: { ...tallies, caller }, limit: 'caller', until, firstOfWindow };
  }
  const exempt = isExempt(tallies.caller, policy, now);
  const byAccount = exempt ? undefined : admit(tallies.account, policy.perAccount, policy, now);
  if (byAccount?.admission === 'refused') {
    const { tally: account, until, firstOfWindow } = byAccount;
    return { admission: 'refused', tallies: { ...tallies, account }, limit: 'account', until, firstOfWindow };
  }
  if (byCaller.admission === 'wait' || byAccount?.admission === 'wait') return { admission: 'wait' };
  const account = byAccount?.tally ?? tallies.account;
  return { admission: 'admitted', tallies: { caller: byCaller.tally, account }, exempt };
}

/** What an attempt came to, as far as limits go; `not-judged` where it was shed, failed by a fault or had a bad key. */
export type AttemptResult = 'right-password' | 'wrong-password' | 'not-judged';

/**
 * Reasons that are found only after the password was right give the place back as a success does. A disabled user is
 * told so by `verify` alone: elsewhere the answer is that of a wrong password, and so must be what it counts as.
 */
export function attemptResult(reason: FailureReason | undefined, purpose: SignInPurpose = 'verify'): AttemptResult {
  switch (reason) {
    case 'inactive':
      return purpose === 'verify' ? 'right-password' : 'wrong-password';
    case 'unknown-key':
      return 'not-judged';
    case 'unknown-user':
    case 'wrong-password':
      return 'wrong-password';
    default:
      return 'right-password';
  }
}

/** The tallies after an admitted attempt was judged, or was not after all. */
export function settleAttempt(
  tallies: AttemptTallies,
  { exempt, result }: { readonly exempt: boolean; readonly result: AttemptResult },
  policy: AttemptPolicy,
  now: number,
): AttemptTallies {
  const settle = (tally: Tally, limit: number, success: number | undefined) => {
    if (result === 'right-password') return recordSuccess(tally, success);
    return result === 'wrong-password' ? recordFailure(tally, limit, policy, now) : giveBack(tally);
  };
  return {
    caller: settle(tallies.caller, policy.perCaller, now),
    // Only callers are exempted, so there is nothing to remember of a success here.
    account: exempt ? tallies.account : settle(tallies.account, policy.perAccount, undefined),
  };
}

export function isExempt(caller: Tally, policy: AttemptPolicy, now: number): boolean {
  return succeededLately(caller.lastSuccess, policy, now);
}
