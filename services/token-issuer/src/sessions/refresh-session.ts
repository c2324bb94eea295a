import {
  fail,
  type Reply,
  type RequestContext,
  type RequestOf,
  type refreshSession,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { sessionDecider, streams } from '@evident/domain';
import { eventId, runCommand } from '@evident/event-store';
import { metadataFor } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { callerOfRefresh } from './caller-of-refresh.ts';
import { grantsInToken } from './grants-in-token.ts';
import { livingSession } from './living-session.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { issueTokens } from './session-tokens.ts';

type Value = ValueOf<typeof refreshSession>;

const step = 'refresh';
/** A refresh appends one event or, where it finds a copy in use, two. */
const tail = 2;

/**
 * From a refresh token to the next tokens of its session, by one append at an exact revision: of racers one wins, and
 * what the others get is decided on the stream as the winner left it.
 */
export function createRefreshSession(
  deps: TokenIssuerDependencies,
  refreshTokens: Pick<RefreshTokens, 'read'>,
  signingKeys: SigningKeys,
) {
  const { log, now, config } = deps;
  const { tenant } = log;
  const { tokens } = config;
  const name = { issuer: config.publicUrl, tenant };

  return async (request: RequestOf<typeof refreshSession>, context: RequestContext): Promise<Reply<Value>> => {
    const cameAt = now();
    const claims = await refreshTokens.read(request.refreshToken);
    if (claims === undefined) return fail('session.refresh-refused');
    const living = await livingSession(log, claims.sid, cameAt);
    if (living === undefined) return fail('session.refresh-refused');
    const grants = await grantsInToken(log, living.user);
    // Its holder has given it up by now and refreshed again: late, it would be taken for a copy, and end the session.
    if (now() >= context.deadline) return fail('write.contended');
    const { userId } = living.session;
    const stream = streams.session(tenant, claims.sid);
    const caller = callerOfRefresh(log.lookup, context);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: sessionDecider, now },
      {
        stream,
        step,
        tail,
        command: {
          type: 'refresh-session',
          presentedId: claims.jti,
          tokenId: eventId(context.commandId, stream, step, 0),
          now: cameAt,
          accessExpiresAt: cameAt + tokens.accessTtlSeconds * 1000,
          expiresAt: cameAt + tokens.refreshTtlSeconds * 1000,
          ...grants,
          rotate: tokens.refreshRotation,
          windowMs: tokens.refreshWindowSeconds * 1000,
          caller: caller.current,
          callers: caller.all,
        },
        metadata: metadataFor(deps, context, `user:${userId}`, userId),
        deadline: context.deadline,
      },
    );
    if (outcome.outcome === 'contended') return fail('write.contended');
    if (outcome.outcome === 'rejected') return fail('session.refresh-refused');
    const { events, state, position } = outcome;
    if (events.some(({ type }) => type === 'session.reuse-detected')) {
      return fail('session.refresh-reused', position === undefined ? {} : { position });
    }
    return succeed(await issueTokens(state, claims.sid, name, signingKeys), position);
  };
}
