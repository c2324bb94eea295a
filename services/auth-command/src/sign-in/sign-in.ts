import type { ReplyError } from '@evident/contracts';
import type { KeyedHash } from '@evident/crypto';
import { type AttemptResult, attemptResult, judgeSignIn, keyIsGood, streams, type Verdict } from '@evident/domain';
import { accountHash } from '../attempts/account-hash.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import { type CheckedIdentifier, identifierSought, identifierTyped } from '../identity/identifiers.ts';
import type { SignInLimits } from '../limits/sign-in-limits.ts';
import type { Candidate, FindCandidate } from './find-candidate.ts';
import type { JudgedOutcome, JudgedRecords } from './judged-records.ts';
import { typedPassword } from './password-proofs.ts';
import { overloaded, ownerOf, type Proven, type ProvingParts, provePassword } from './prove-password.ts';
import { isUndisclosed } from './sign-in-event.ts';
import { revisionsOf } from './stream-ends.ts';

/** Every outcome but `not-judged` has its durable event. */
export type SignInOutcome = JudgedOutcome | { readonly outcome: 'not-judged'; readonly error: ReplyError };

export interface SignInParts extends ProvingParts {
  readonly log: ProvingParts['log'] & { readonly lookup: KeyedHash };
  readonly find: FindCandidate;
  /** Undefined where limits are switched off. */
  readonly limits: SignInLimits | undefined;
  readonly records: JudgedRecords;
  /** Told of a right password whose hash is of another cost than today's. */
  readonly rehash: (user: Candidate, password: string) => void;
  readonly now: () => number;
}

/**
 * The walk of one attempt (design.md, section 2). First the key: a bad one is refused before anything about the user
 * is looked at, so nothing about the user can show. Then name, place, hash, and only then the ends of the streams on
 * which it is judged; the event; the answer.
 */
export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  async attempt(attempt: SignInAttempt): Promise<SignInOutcome> {
    const { find, limits, log, proofs } = this.#parts;
    if (attempt.key !== undefined) {
      const refused = await this.#refuseBadKey(attempt, attempt.key);
      if (refused !== undefined) return refused;
    }
    const identifier = identifierOf(log.lookup, attempt);
    const found = await find(identifier, attempt.context);
    if (!found.ok) return notJudged(found.error);
    const { candidate } = found;
    const userId = candidate?.userId;
    const account = accountHash(log.lookup, identifier, userId);
    const tried = { account, caller: attempt.caller, userId };
    const isProven = () => attempt.purpose === 'verify' && proofs.remembers(candidate, typedPassword(attempt.password));
    const place = await limits?.takeForAccount(attempt, tried, isProven);
    if (place?.outcome === 'refused') return notJudged(place.error);
    let result: AttemptResult = 'not-judged';
    try {
      const outcome = await this.#judge(attempt, identifier, { candidate, account });
      result = resultOf(outcome, attempt);
      return outcome;
    } finally {
      place?.settle(result);
    }
  }

  async #refuseBadKey(
    attempt: SignInAttempt,
    { appId, lookup: keyLookup }: NonNullable<SignInAttempt['key']>,
  ): Promise<SignInOutcome | undefined> {
    const { log, limits, records, now } = this.#parts;
    const app = appId === undefined ? undefined : await log.states.app.load(streams.app(log.tenant, appId));
    const at = now();
    if (keyIsGood({ app: app?.state, keyLookup, now: at })) return undefined;
    const place = await limits?.takeForBadKey(attempt);
    if (place?.outcome === 'refused') return notJudged(place.error);
    let result: 'refused' | 'not-judged' = 'not-judged';
    try {
      const verdict: Verdict = { outcome: 'failed', reason: 'unknown-key' };
      const judged = { app: app?.revision ?? null, reservation: null, user: null };
      const known = app?.state.registered === true ? appId : undefined;
      const outcome = await records.record(
        { attempt, verdict, userId: undefined, appId: known, judged, account: '', generation: 0, at },
        undefined,
      );
      result = 'refused';
      return outcome;
    } finally {
      place?.settle(result);
    }
  }

  async #judge(
    attempt: SignInAttempt,
    identifier: CheckedIdentifier,
    { candidate, account }: { readonly candidate: Candidate | undefined; readonly account: string },
  ): Promise<SignInOutcome> {
    const { log, proofs, records, rehash, now } = this.#parts;
    const proven = await provePassword(this.#parts, attempt, identifier, candidate);
    if (!proven.ok) return notJudged(proven.error);
    const { compared, ends } = proven;
    const at = now();
    const verdict = this.#verdict(attempt, identifier, proven, at);
    if (!compared.hashed && verdict.outcome === 'failed' && isUndisclosed(verdict.reason)) {
      // A remembered proof was quick; to answer quickly would say that the password is right.
      const spent = await proofs.spend(typedPassword(attempt.password));
      if (spent.outcome === 'overloaded') return notJudged(overloaded(spent).error);
    }
    const owner = ownerOf(ends, attempt, identifier);
    const outcome = await records.record(
      {
        attempt,
        verdict,
        userId: owner?.userId,
        appId: attempt.key?.appId,
        judged: revisionsOf(ends),
        // Under the user it is found again in the user's stream, though the row was not there yet.
        account:
          owner === undefined || isSame(owner, candidate) ? account : accountHash(log.lookup, identifier, owner.userId),
        generation: ends.account.state.user.generation,
        at,
      },
      ends.account.state,
    );
    if (compared.outdated && owner !== undefined) rehash(owner, typedPassword(attempt.password).text);
    return outcome;
  }

  #verdict(
    { purpose, key }: SignInAttempt,
    { lookup: identifierLookup }: CheckedIdentifier,
    { compared, ends }: Proven,
    now: number,
  ): Verdict {
    return judgeSignIn({
      purpose,
      app: ends.app?.state,
      appId: key?.appId,
      keyLookup: key?.lookup,
      reservation: ends.reservation.state,
      user: ends.account.state.user,
      userId: ends.holder,
      identifierLookup,
      passwordMatches: compared.matches,
      now,
    });
  }
}

/** For a session any identifier will do; ASF's `/verify` and `/token` know names and addresses. */
function identifierOf(lookup: KeyedHash, { purpose, username, kind }: SignInAttempt): CheckedIdentifier {
  return purpose === 'session' ? identifierSought(lookup, username, kind) : identifierTyped(lookup, username);
}

function isSame(owner: Candidate, candidate: Candidate | undefined): boolean {
  return owner.userId === candidate?.userId;
}

function notJudged(error: ReplyError): SignInOutcome {
  return { outcome: 'not-judged', error };
}

function resultOf(outcome: SignInOutcome, { purpose }: SignInAttempt): AttemptResult {
  if (outcome.outcome === 'not-judged') return 'not-judged';
  return attemptResult(outcome.outcome === 'failed' ? outcome.reason : undefined, purpose);
}
