import { fail, type ReplyError } from '@evident/contracts';
import type { Caller } from './caller.ts';
import { permit } from './permit.ts';

/**
 * Undefined where the caller may read or end sessions of this user: one's own need no scope, but by a key, which has only
 * those that it was given. Else the refusal. `sessionId` is left away where all of the user's are meant.
 */
export function refuseSession(
  caller: Caller,
  scope: 'read:sso/session' | 'delete:sso/session',
  userId: string,
  sessionId?: string,
): ReplyError | undefined {
  if (caller.actor === `user:${userId}`) return undefined;
  const one = sessionId === undefined ? {} : { uid: sessionId };
  return permit(caller, scope, { ...one, user_id: userId, owner_id: userId });
}

/** For what takes a session of the caller's own, where they have none. */
export function withoutSession() {
  const reason = 'This takes the token of a person’s sign-in; an API key or an agent has no session.';
  return fail('caller.not-permitted', { details: { reason } });
}
