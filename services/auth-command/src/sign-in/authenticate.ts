import { personObjectOf } from '@evident/caller';
import {
  type authenticate,
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import type { Log } from '@evident/log';
import { attemptInPerson } from '../attempts/sign-in-attempt.ts';
import { refusedAudience } from './refused-audience.ts';
import type { SignIn } from './sign-in.ts';
import { unreadableMember } from './unreadable-member.ts';

type Request = RequestOf<typeof authenticate>;
type Value = ValueOf<typeof authenticate>;

export interface AuthenticateOptions {
  readonly signIn: SignIn;
  readonly log: Pick<Log, 'lookup' | 'states' | 'tenant'>;
  /** Audiences for which a session may be asked. */
  readonly audiences: readonly string[];
}

/**
 * A password becomes evidence for token-issuer: where the event of the sign-in stands, and the ticket whose hash it
 * holds. The same command again gets the same evidence. Unknown, wrong, disabled and removed are one answer.
 */
export function createAuthenticate({ signIn, log, audiences }: AuthenticateOptions) {
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const { purpose, audience } = request;
    const foreign = refusedAudience(audience, audiences);
    if (foreign !== undefined) return { ok: false, error: foreign };
    const wrong = unreadableMember(request, ['username', 'password']);
    if (wrong !== undefined) return fail('request.invalid', { details: { part: 'payload', member: wrong } });
    const outcome = await signIn.attempt(attemptInPerson(log.lookup, request, context));
    if (outcome.outcome === 'not-judged') return { ok: false, error: outcome.error };
    const { stream, revision, position } = outcome.recorded;
    if (outcome.outcome === 'failed') {
      const told = outcome.reason === 'not-administrator' ? 'signin.not-administrator' : 'signin.refused';
      return fail(told, { position });
    }
    const { userId, ticket = '' } = outcome;
    const evidence = { stream, revision, ticket };
    const { person } = outcome.account;
    if (purpose === 'token' || person === undefined) return succeed({ userId, evidence }, position);
    return succeed({ userId, evidence, person: await personObjectOf(log, userId, person) }, position);
  };
}
