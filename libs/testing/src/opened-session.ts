import { randomUUID } from 'node:crypto';
import { type EventOf, type sessionOpened, streams } from '@evident/domain';

type Opened = EventOf<typeof sessionOpened>;

/** The event that opens a session of an hour, without a refresh token unless one is given. */
export function openedSession(
  of: Pick<Opened['data'], 'userId' | 'audience' | 'generation'> & Partial<Opened['data']>,
  at: number,
): Opened {
  const data = {
    methods: ['password'],
    tokenId: randomUUID(),
    accessExpiresAt: at + 3_600_000,
    roles: [],
    scopes: [],
    evidence: { stream: streams.signIn('main', of.userId), revision: 0, eventId: randomUUID() },
    openedAt: at,
    expiresAt: at + 3_600_000,
    refreshId: null,
    ...of,
  };
  return { type: 'session.opened', data };
}
