import { fail, type ReplyError } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';
import { type AttemptResult, attemptResult, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Accounts } from '../accounts.ts';
import { userAccountHash } from '../attempts/account-hash.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import type { SignInLimits } from '../limits/sign-in-limits.ts';
import type { JudgedRecords } from './judged-records.ts';
import { type PasswordProofs, typedPassword } from './password-proofs.ts';
import { overloaded } from './prove-password.ts';

export interface SelfProofParts {
  readonly log: Pick<Log, 'tenant'> & { readonly lookup: KeyedHash };
  readonly accounts: Accounts;
  readonly proofs: PasswordProofs;
  /** Undefined where limits are switched off. */
  readonly limits: SignInLimits | undefined;
  readonly records: JudgedRecords;
  readonly now: () => number;
}

/**
 * Undefined where the password is that of a user who is signed in already; `user.wrong-password` where it is not. Who
 * holds a stolen token could guess here as well as at sign-in, so wrong ones count against the same limits and leave the
 * same event. A right one leaves none here: the change that it was given for has to follow, and is its event.
 */
export async function proveOneself(
  { log, accounts, proofs, limits, records, now }: SelfProofParts,
  attempt: SignInAttempt,
  userId: string,
): Promise<ReplyError | undefined> {
  const account = userAccountHash(log.lookup, userId);
  const place = await limits?.takeForAccount(attempt, { account, caller: attempt.caller, userId }, () => false);
  if (place?.outcome === 'refused') return place.error;
  let result: AttemptResult = 'not-judged';
  try {
    const stream = streams.user(log.tenant, userId);
    const { passwordHash } = (await accounts.load(stream)).state.user;
    const candidate = passwordHash === '' ? undefined : { userId, passwordHash };
    const compared = await proofs.compare(candidate, typedPassword(attempt.password), { mayRemember: false });
    if (compared.outcome === 'overloaded') return overloaded(compared).error;
    const { state, revision } = await accounts.load(stream);
    if (compared.matches && state.user.passwordHash === passwordHash) {
      result = attemptResult(undefined, attempt.purpose);
      return undefined;
    }
    await records.record(
      {
        attempt,
        verdict: { outcome: 'failed', reason: 'wrong-password' },
        userId,
        appId: undefined,
        judged: { app: null, reservation: null, user: revision },
        account,
        generation: state.user.generation,
        at: now(),
      },
      undefined,
    );
    result = attemptResult('wrong-password', attempt.purpose);
    return fail('user.wrong-password').error;
  } finally {
    place?.settle(result);
  }
}
