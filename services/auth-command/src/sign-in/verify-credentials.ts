import { isIP } from 'node:net';
import {
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
  type verifyCredentials,
} from '@evident/contracts';
import { type KeyedHash, parseApiKey } from '@evident/crypto';
import type { FailureReason } from '@evident/domain';
import { userObjectOf } from '../accounts.ts';
import { addressHash, appCallerHash } from '../attempts/caller-hash.ts';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import type { SignIn } from './sign-in.ts';
import { unreadableMember } from './unreadable-member.ts';

type Request = RequestOf<typeof verifyCredentials>;
type Value = ValueOf<typeof verifyCredentials>;
type Refusal = Extract<Value, { authorized: false }>['refusal'];

/** `unknown-user` and `wrong-password` are one answer. */
const refusals: Readonly<Record<FailureReason, Refusal>> = {
  'unknown-key': 'invalid-key',
  'unknown-user': 'invalid-credentials',
  'wrong-password': 'invalid-credentials',
  inactive: 'inactive',
  'not-assigned': 'not-assigned',
  // Not a verdict of this purpose; were it one, it would say no more than this.
  'not-administrator': 'not-assigned',
};

/** `POST /verify`: another team's app asks whether a name and a password are right and may use it (api/asf.md). */
export function createVerifyCredentials(signIn: SignIn, lookup: KeyedHash) {
  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const wrong = unreadableMember(request, ['username', 'password', 'apiKey']) ?? wrongAddress(request);
    if (wrong !== undefined) return fail('request.invalid', { details: { part: 'payload', member: wrong } });
    const outcome = await signIn.attempt(attemptOf(request, context, lookup));
    if (outcome.outcome === 'not-judged') return { ok: false, error: outcome.error };
    const { position } = outcome.recorded;
    if (outcome.outcome === 'failed')
      return succeed({ authorized: false, refusal: refusals[outcome.reason] }, position);
    const { person } = outcome.account;
    // A judged success is of a registered user who was not removed; anything else is a fault.
    if (person === undefined) throw new Error(`user:${outcome.userId} signed in and is not there`);
    return succeed({ authorized: true, user: userObjectOf(outcome.userId, person) }, position);
  };
}

function attemptOf(request: Request, context: RequestContext, lookup: KeyedHash): SignInAttempt {
  const { username, password, apiKey, clientIp, userAgent } = request;
  const appId = parseApiKey(apiKey)?.appId;
  const address = addressHash(lookup, context.clientIp);
  return {
    purpose: 'verify',
    username,
    password,
    key: { text: apiKey, lookup: lookup.hash('api-key', apiKey), appId },
    audience: null,
    caller: clientIp === undefined || appId === undefined ? address : appCallerHash(lookup, appId, clientIp),
    address,
    client: clientOf(clientIp, userAgent, context),
    context,
  };
}

/** The person's own, where the app tells it; else the app's, since it is all that is known of where this came from. */
function clientOf(
  ip: string | undefined,
  userAgent: string | undefined,
  context: RequestContext,
): SignInAttempt['client'] {
  const told = ip !== undefined || userAgent !== undefined;
  const known = told ? { ip, userAgent } : { ip: context.clientIp, userAgent: context.userAgent };
  return {
    ...(known.ip === undefined ? {} : { ip: known.ip }),
    ...(known.userAgent === undefined ? {} : { userAgent: known.userAgent }),
  };
}

function wrongAddress({ clientIp }: Request): string | undefined {
  return clientIp === undefined || isIP(clientIp) !== 0 ? undefined : 'clientIp';
}
