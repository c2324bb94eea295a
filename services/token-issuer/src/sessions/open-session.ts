import {
  fail,
  type openSession as openSessionContract,
  type Reply,
  type RequestContext,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { sessionDecider, streams, type UserState } from '@evident/domain';
import { eventId, runCommand, uuid5 } from '@evident/event-store';
import { clientOf, metadataFor } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { type GrantsInToken, grantsInToken } from './grants-in-token.ts';
import { issueTokens } from './session-tokens.ts';
import { type ProvenSignIn, proveSignIn } from './sign-in-evidence.ts';

type Request = RequestOf<typeof openSessionContract>;
type Value = ValueOf<typeof openSessionContract>;

const step = 'open';

/**
 * From the evidence of a sign-in to a session and its tokens: prove the sign-in, see that the user still stands as at
 * sign-in, open the session on the stream that the sign-in's event names (the store makes it single-use), sign.
 */
export function createOpenSession(deps: TokenIssuerDependencies, signingKeys: SigningKeys) {
  const { log, now, config } = deps;
  const { tenant } = log;
  const name = { issuer: config.publicUrl, tenant };

  return async (request: Request, context: RequestContext): Promise<Reply<Value>> => {
    const proof = await proveSignIn(log, request.evidence, request.purpose, now());
    if (!proof.ok) return proof;
    const { signIn } = proof;
    const { state: user } = await log.states.user.load(streams.user(tenant, signIn.userId));
    if (!standsAsAtSignIn(user, signIn)) return fail('signin.refused');
    const grants = await grantsInToken(log, user);
    const sessionId = uuid5(`session/${signIn.eventId}`);
    const stream = streams.session(tenant, sessionId);
    const tokenId = eventId(context.commandId, stream, step, 0);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: sessionDecider, now },
      {
        stream,
        step,
        person: signIn.userId,
        command: {
          ...sessionOf({ signIn, grants, request, tokenId, now: now() }, config.tokens),
          ...clientOf(context),
        },
        metadata: {
          ...metadataFor(deps, context, `user:${signIn.userId}`, signIn.userId),
          causationId: signIn.eventId,
        },
        deadline: context.deadline,
      },
    );
    if (outcome.outcome === 'contended') return fail('write.contended');
    if (outcome.outcome === 'rejected') return fail('session.evidence-refused');
    return succeed(await issueTokens(outcome.state, sessionId, name, signingKeys), outcome.position);
  };
}

/** Between sign-in and session the user may have been disabled, removed or given a new password. */
function standsAsAtSignIn(user: UserState, signIn: ProvenSignIn): boolean {
  return user.registered && user.isActive && user.generation === signIn.data.generation;
}

interface Opening {
  readonly signIn: ProvenSignIn;
  readonly grants: GrantsInToken;
  readonly request: Request;
  readonly tokenId: string;
  readonly now: number;
}

function sessionOf(
  { signIn, grants, request, tokenId, now }: Opening,
  tokens: TokenIssuerDependencies['config']['tokens'],
) {
  const { stream, revision } = request.evidence;
  const refreshable = request.purpose === 'session';
  const accessExpiresAt = now + tokens.accessTtlSeconds * 1000;
  return {
    type: 'open-session',
    userId: signIn.userId,
    audience: signIn.data.audience ?? tokens.audience,
    generation: signIn.data.generation,
    methods: ['password'],
    evidence: { stream, revision, eventId: signIn.eventId },
    tokenId,
    refreshId: refreshable ? tokenId : null,
    ...grants,
    now,
    accessExpiresAt,
    expiresAt: refreshable ? now + tokens.refreshTtlSeconds * 1000 : accessExpiresAt,
  } as const;
}
