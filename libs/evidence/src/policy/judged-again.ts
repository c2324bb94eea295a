import {
  type FailureReason,
  initialApp,
  initialUser,
  judgeSignIn,
  type SignInFacts,
  type SignInPurpose,
  type Verdict,
} from '@evident/domain';

export interface JudgedAttempt {
  readonly purpose: SignInPurpose;
  /** Why it failed, undefined where it succeeded. */
  readonly reason: FailureReason | undefined;
  /** How the assignment of user and app would have been; undefined for as it was. */
  readonly assigned: boolean | undefined;
}

const appId = 'app';
const lookup = 'lookup';
const claimId = 'claim';

/**
 * The verdict of the decider that judges live, over what a recorded verdict says that it found. What it found behind its
 * first reason is not known, and not asked: reasons are looked for in one order.
 */
export function judgeAgain(attempt: JudgedAttempt): Verdict {
  return judgeSignIn(factsOf(attempt));
}

function factsOf({ purpose, reason, assigned }: JudgedAttempt): SignInFacts {
  const isAssigned = assigned ?? reason !== 'not-assigned';
  const key = { keyId: 'key', lookup, prefix: '', endsAt: undefined };
  const name = { kind: 'username', value: '', lookup, claimId, verified: true, primary: true } as const;
  return {
    purpose,
    app: { ...initialApp, registered: true, isActive: true, keys: [key] },
    appId,
    keyLookup: reason === 'unknown-key' ? undefined : lookup,
    reservation: { current: { claimId, holder: 'user', claimedAt: 0 } },
    user: {
      ...initialUser,
      registered: reason !== 'unknown-user',
      isActive: reason !== 'inactive',
      isAdmin: reason !== 'not-administrator',
      identifiers: [name],
      apps: new Map(isAssigned ? [[appId, 1]] : []),
    },
    userId: 'user',
    identifierLookup: lookup,
    passwordMatches: reason !== 'wrong-password',
    now: 0,
  };
}
