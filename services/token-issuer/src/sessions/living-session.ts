import { type SessionState, streams, type UserState } from '@evident/domain';
import type { Log } from '@evident/log';

export interface LivingSession {
  readonly session: SessionState;
  readonly user: UserState;
}

/**
 * The session with its user where both still stand, from the log's leader: neither revoked nor expired, and the user
 * active and of the generation of the sign-in. Undefined otherwise.
 */
export async function livingSession(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  sessionId: string,
  now: number,
): Promise<LivingSession | undefined> {
  const { state: session } = await states.session.load(streams.session(tenant, sessionId));
  if (!session.opened || session.revoked || now >= session.expiresAt) return undefined;
  const { state: user } = await states.user.load(streams.user(tenant, session.userId));
  if (!user.registered || !user.isActive || user.generation !== session.generation) return undefined;
  return { session, user };
}
