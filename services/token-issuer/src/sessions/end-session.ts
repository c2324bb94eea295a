import { type CallerCheck, refuseSession, withoutSession } from '@evident/caller';
import {
  fail,
  type logOut,
  type Reply,
  type RequestContext,
  type RequestOf,
  type revokeSession,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { type RevokeSession, sessionDecider, streams } from '@evident/domain';
import { type CommandMetadata, runCommand } from '@evident/event-store';
import { commandMetadata, metadataFor } from '../command-metadata.ts';
import type { TokenIssuerDependencies } from '../dependencies.ts';
import { livingSession } from './living-session.ts';
import type { RefreshTokens } from './refresh-tokens.ts';

type Value = ValueOf<typeof revokeSession>;

interface Ending {
  readonly sessionId: string;
  readonly userId: string;
  readonly reason: RevokeSession['reason'];
  readonly metadata: CommandMetadata;
}

/** Logging out, and the end of any session by whoever may. */
export function createEndSession(
  deps: TokenIssuerDependencies,
  callers: CallerCheck,
  refreshTokens: Pick<RefreshTokens, 'read'>,
) {
  const { log, now } = deps;
  const { tenant } = log;

  const end = async ({ sessionId, userId, reason, metadata }: Ending, deadline: number): Promise<Reply<Value>> => {
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: sessionDecider, now },
      {
        stream: streams.session(tenant, sessionId),
        step: 'revoke',
        tail: 1,
        command: { type: 'revoke-session', reason, now: now() },
        metadata,
        deadline,
      },
    );
    if (outcome.outcome === 'contended') return fail('write.contended');
    if (outcome.outcome === 'rejected') return fail('session.unknown');
    return succeed({ sessionId, userId }, outcome.position);
  };

  /** Undefined where the token is none, or where its session has ended. */
  const ofRefreshToken = async (token: string, context: RequestContext): Promise<Ending | undefined> => {
    const claims = await refreshTokens.read(token);
    if (claims === undefined) return undefined;
    const living = await livingSession(log, claims.sid, now());
    if (living === undefined) return undefined;
    const { userId } = living.session;
    const metadata = metadataFor(deps, context, `user:${userId}`, userId);
    return { sessionId: claims.sid, userId, reason: 'logout', metadata };
  };

  return {
    async logOut({ refreshToken }: RequestOf<typeof logOut>, context: RequestContext): Promise<Reply<Value>> {
      const checked = await callers.check(context.credential);
      if (checked.ok && checked.caller.sessionId !== undefined) {
        const { caller } = checked;
        const { id: userId } = caller.holder;
        const metadata = commandMetadata(deps, caller, context);
        return end({ sessionId: checked.caller.sessionId, userId, reason: 'logout', metadata }, context.deadline);
      }
      const ending = refreshToken === undefined ? undefined : await ofRefreshToken(refreshToken, context);
      if (ending !== undefined) return end(ending, context.deadline);
      if (refreshToken !== undefined) return fail('caller.bad-credential');
      return checked.ok ? withoutSession() : checked;
    },

    async revoke({ sessionId }: RequestOf<typeof revokeSession>, context: RequestContext): Promise<Reply<Value>> {
      const checked = await callers.check(context.credential);
      if (!checked.ok) return checked;
      const { caller } = checked;
      const { state } = await log.states.session.load(streams.session(tenant, sessionId));
      const refusal = refuseSession(caller, 'delete:sso/session', state.userId, sessionId);
      if (!state.opened || refusal !== undefined) return fail('session.unknown');
      const metadata = commandMetadata(deps, caller, context);
      return end({ sessionId, userId: state.userId, reason: 'revoked', metadata }, context.deadline);
    },
  };
}
