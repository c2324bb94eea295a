import type { KeyedHash } from '@evident/crypto';
import { judgeSignIn } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Accounts } from '../accounts.ts';
import { userAccountHash } from '../attempts/account-hash.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import { identifierSought } from '../identity/identifiers.ts';
import type { JudgedOutcome, JudgedRecords } from './judged-records.ts';
import { ownerOf } from './prove-password.ts';
import { readStreamEnds, revisionsOf } from './stream-ends.ts';

export interface AdmittanceParts {
  readonly log: Pick<Log, 'tenant' | 'states'> & { readonly lookup: KeyedHash };
  readonly accounts: Accounts;
  readonly records: JudgedRecords;
  readonly now: () => number;
}

/** Who registered just now. */
export interface Registered {
  readonly userId: string;
  /** Sealed PHC string that the registration set. */
  readonly passwordHash: string;
}

/**
 * The sign-in that goes with a registration. Whoever sends it set the password by this very command, so it is not hashed
 * again; it is judged on the ends of the streams like any other.
 */
export async function admitRegistered(
  { log, accounts, records, now }: AdmittanceParts,
  attempt: SignInAttempt,
  { userId, passwordHash }: Registered,
): Promise<JudgedOutcome> {
  const identifier = identifierSought(log.lookup, attempt.username, attempt.kind);
  const ends = await readStreamEnds(log, accounts, { appId: undefined, identifier, likelyHolder: userId });
  const owner = ownerOf(ends, attempt, identifier);
  const at = now();
  const verdict = judgeSignIn({
    purpose: attempt.purpose,
    app: undefined,
    appId: undefined,
    keyLookup: undefined,
    reservation: ends.reservation.state,
    user: ends.account.state.user,
    userId: ends.holder,
    identifierLookup: identifier.lookup,
    passwordMatches: owner?.userId === userId && owner.passwordHash === passwordHash,
    now: at,
  });
  return records.record(
    {
      attempt,
      verdict,
      userId: owner?.userId,
      appId: undefined,
      judged: revisionsOf(ends),
      account: userAccountHash(log.lookup, userId),
      generation: ends.account.state.user.generation,
      at,
    },
    ends.account.state,
  );
}
