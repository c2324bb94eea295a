import {
  fail,
  type openSession as openSessionContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { type SessionState, sessionDecider, streams } from '@evident/domain';
import { eventId, runCommand, uuid5 } from '@evident/event-store';
import { accessTokenOf } from './access-token.ts';
import type { TokenIssuerDependencies } from './dependencies.ts';
import { type ProvenSignIn, proveSignIn } from './sign-in-evidence.ts';
import type { SigningKeys } from './signing-keys.ts';

type Request = RequestOf<typeof openSessionContract>;
type Value = ValueOf<typeof openSessionContract>;

const step = 'open';

/**
 * From the evidence of a sign-in to a session and its token: prove the sign-in, see that the user still stands as at
 * sign-in, open the session on the stream that the sign-in's event names (the store makes it single-use), sign.
 */
export function createOpenSession(deps: TokenIssuerDependencies, signingKeys: SigningKeys) {
  const { log, now, config } = deps;
  const { tenant } = log;

  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const proof = await proveSignIn(log, request.evidence, request.purpose, now());
    if (!proof.ok) return proof;
    const { signIn } = proof;
    if (!(await standsAsAtSignIn(deps, signIn))) return fail('signin.refused');
    const sessionId = uuid5(`session/${signIn.eventId}`);
    const stream = streams.session(tenant, sessionId);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: sessionDecider, now },
      {
        stream,
        step,
        command: sessionOf(signIn, request, config.tokens, now()),
        metadata: {
          tenant,
          actor: `user:${signIn.userId}`,
          commandId: context.commandId,
          correlationId: context.correlationId,
          causationId: signIn.eventId,
          occurredAt: now(),
          clientPerson: signIn.userId,
          ...(context.clientIp === undefined ? {} : { clientIp: context.clientIp }),
          ...(context.userAgent === undefined ? {} : { userAgent: context.userAgent }),
        },
        deadline: context.deadline,
      },
    );
    if (outcome.outcome === 'contended') return fail('write.contended');
    if (outcome.outcome === 'rejected') return fail('session.evidence-refused');
    const tokenId = eventId(context.commandId, stream, step, 0);
    return succeed(await issue(outcome.state, sessionId, tokenId), outcome.position);
  };

  async function issue(session: SessionState, sessionId: string, tokenId: string): Promise<Value> {
    const lifeSeconds = config.tokens.accessTtlSeconds;
    const claims = accessTokenOf(session, sessionId, tokenId, { issuer: config.publicUrl, tenant, lifeSeconds });
    const signer = await signingKeys.signer('access');
    return { accessToken: await signer.sign(claims), sessionId, expiresIn: lifeSeconds };
  }
}

/** Between sign-in and session the user may have been disabled, removed or given a new password. */
async function standsAsAtSignIn({ log }: TokenIssuerDependencies, signIn: ProvenSignIn): Promise<boolean> {
  const { state } = await log.states.user.load(streams.user(log.tenant, signIn.userId));
  return state.registered && state.isActive && state.generation === signIn.data.generation;
}

function sessionOf(
  signIn: ProvenSignIn,
  { evidence }: Request,
  tokens: TokenIssuerDependencies['config']['tokens'],
  now: number,
) {
  const { stream, revision } = evidence;
  return {
    type: 'open-session',
    userId: signIn.userId,
    audience: signIn.data.audience ?? tokens.audience,
    generation: signIn.data.generation,
    evidence: { stream, revision, eventId: signIn.eventId },
    now,
    expiresAt: now + tokens.accessTtlSeconds * 1000,
  } as const;
}
