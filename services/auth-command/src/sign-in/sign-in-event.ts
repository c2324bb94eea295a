import { ticketHash } from '@evident/crypto';
import type { FailureReason, JudgedRevisions, SignInEvent, Verdict } from '@evident/domain';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';

/** What was judged, for its event. */
export interface JudgedAttempt {
  readonly attempt: SignInAttempt;
  readonly verdict: Verdict;
  /** Undefined where nobody owns the identifier. */
  readonly userId: string | undefined;
  /** Undefined where the key names no app that there ever was. */
  readonly appId: string | undefined;
  readonly judged: JudgedRevisions;
  /** Keyed hash under which attempts on the account are counted. */
  readonly account: string;
  readonly generation: number;
  readonly at: number;
}

/** Undisclosed: whoever asked learns nothing of the password, nor whether there is such a user. */
export function isUndisclosed(reason: FailureReason): boolean {
  return reason === 'unknown-key' || reason === 'unknown-user' || reason === 'wrong-password';
}

/** The reason as far as the answer tells it: metrics say no more, since more people may read them than the log. */
export function toldReason(reason: FailureReason, { purpose }: Pick<SignInAttempt, 'purpose'>) {
  const likeWrong = reason === 'inactive' && purpose !== 'verify';
  return likeWrong || reason === 'unknown-user' || reason === 'wrong-password' ? 'invalid-credentials' : reason;
}

export function signInEvent(judged: JudgedAttempt, ticket: string | undefined): SignInEvent {
  const { attempt, verdict, userId, account, at } = judged;
  const { purpose, audience, caller } = attempt;
  const common = { purpose, appId: judged.appId ?? null, judged: judged.judged, at };
  if (verdict.outcome === 'succeeded' && userId !== undefined) {
    const { generation } = judged;
    const data = { ...common, userId, audience, generation, ticketHash: hashOf(ticket), account, caller };
    return { type: 'signin.succeeded', data };
  }
  const reason = verdict.outcome === 'failed' ? verdict.reason : 'unknown-user';
  // A refused key names nobody and counts against nobody but the address it came from.
  const named =
    reason === 'unknown-key'
      ? { userId: null, account: null, caller: attempt.address }
      : { userId: userId ?? null, account, caller };
  return { type: 'signin.failed', data: { ...common, reason, ...named } };
}

function hashOf(ticket: string | undefined): string | null {
  return ticket === undefined ? null : ticketHash(ticket);
}
