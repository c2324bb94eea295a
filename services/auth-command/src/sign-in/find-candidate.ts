import { fail, findSignIn, type ReplyError, type RequestContext } from '@evident/contracts';
import type { Clock } from '@evident/runtime';
import { type RequestClient, withDeadline } from '@evident/transport';
import type { CheckedIdentifier } from '../identity/identifiers.ts';

/** Whose password is probably meant. Rows may be behind the log: this chooses what to hash and decides nothing. */
export interface Candidate {
  readonly userId: string;
  /** Sealed PHC string; empty where the user has no password. */
  readonly passwordHash: string;
}

export type CandidateOutcome =
  | { readonly ok: true; readonly candidate: Candidate | undefined }
  | { readonly ok: false; readonly error: ReplyError };

export type FindCandidate = (identifier: CheckedIdentifier, context: RequestContext) => Promise<CandidateOutcome>;

/** What is left of the time to answer for hashing and the log, once identity-projection has had its share. */
const reservedShare = 0.2;
const passedOn: ReadonlySet<string> = new Set(['load.shed', 'read.parked', 'read.not-yet', 'store.unavailable']);

export function createFindCandidate(client: RequestClient, now: Clock): FindCandidate {
  return async ({ kind, lookup }, context) => {
    const deadline = Math.floor(context.deadline - (context.deadline - now()) * reservedShare);
    const reply = await client.request(findSignIn, { identifier: { kind, lookup } }, withDeadline(context, deadline));
    if (reply.ok) {
      const { user } = reply.value;
      return { ok: true, candidate: user === null ? undefined : { userId: user.uid, passwordHash: user.passwordHash } };
    }
    if (passedOn.has(reply.error.code)) return reply;
    return fail('service.unavailable', { retryAfterSeconds: 1 });
  };
}
