import { fail, type ReplyError } from '@evident/contracts';
import { holdsIdentifier } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Accounts } from '../accounts.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import type { CheckedIdentifier } from '../identity/identifiers.ts';
import type { Candidate } from './find-candidate.ts';
import type { Meeting } from './meeting.ts';
import type { Compared, PasswordProofs } from './password-proofs.ts';
import { typedPassword } from './password-proofs.ts';
import { readStreamEnds, type StreamEnds } from './stream-ends.ts';

export interface ProvingParts {
  readonly log: Pick<Log, 'tenant' | 'states'>;
  readonly accounts: Accounts;
  readonly proofs: PasswordProofs;
  readonly meeting: Meeting;
}

/** How a password compared with the hash that its owner has now, and the ends of the streams read after that. */
export interface Proven {
  readonly ok: true;
  readonly compared: Compared;
  readonly ends: StreamEnds;
}

export type ProvingOutcome = Proven | { readonly ok: false; readonly error: ReplyError };

/** Rows behind the log cost one more hash, a password changed meanwhile another; more than that is a race to lose. */
const rounds = 3;

/**
 * Hashes first, reads then: what is decided on is never older than the hash is long. Where the leader says that
 * another hash counts (the row was behind, or the password was changed meanwhile), hashes again.
 *
 * While the hash is computed the account is met (`meeting.ts`), so that afterwards a user who was not seen for long
 * takes no longer than a name that nobody has.
 */
export async function provePassword(
  { log, accounts, proofs, meeting }: ProvingParts,
  attempt: SignInAttempt,
  identifier: CheckedIdentifier,
  candidate: Candidate | undefined,
): Promise<ProvingOutcome> {
  const password = typedPassword(attempt.password);
  // For a token or a session a right password can be answered like a wrong one, so its time must not tell either.
  const mayRemember = attempt.purpose === 'verify';
  let compareWith = candidate;
  for (let round = 1; round <= rounds; round++) {
    const wanted = { appId: attempt.key?.appId, identifier, likelyHolder: compareWith?.userId };
    const comparing = proofs.compare(compareWith, password, { mayRemember });
    // What goes wrong with it will go wrong again when it counts.
    const met = comparing instanceof Promise ? meeting.meet(wanted).catch(() => undefined) : undefined;
    const compared = comparing instanceof Promise ? await comparing : comparing;
    await met;
    if (compared.outcome === 'overloaded') return overloaded(compared);
    const ends = await readStreamEnds(log, accounts, wanted);
    const owner = ownerOf(ends, attempt, identifier);
    // Who has no password is hashed for like a name that nobody has.
    const hasPassword = owner !== undefined && owner.passwordHash !== '';
    if (!hasPassword) return { ok: true, compared: { ...compared, matches: false }, ends };
    if (owner.passwordHash === compareWith?.passwordHash) return { ok: true, compared, ends };
    compareWith = owner;
  }
  return fail('write.contended');
}

export function overloaded({ retryAfterSeconds }: { readonly retryAfterSeconds: number }) {
  return fail('load.shed', { retryAfterSeconds });
}

/** Who owns the identifier now, and the hash that counts. */
export function ownerOf(
  { reservation, holder, account }: StreamEnds,
  { purpose }: SignInAttempt,
  { lookup: identifierLookup }: CheckedIdentifier,
): Candidate | undefined {
  const { user } = account.state;
  const holds = holdsIdentifier({ reservation: reservation.state, user, identifierLookup, purpose });
  return holds && holder !== undefined ? { userId: holder, passwordHash: user.passwordHash } : undefined;
}
