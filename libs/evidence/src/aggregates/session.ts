import { evolveSession, initialSession, type SessionEvent, type SessionState } from '@evident/domain';
import { type Aggregate, asItIs, asSubject, asTime, internal } from './aggregate.ts';

export const sessionAggregate: Aggregate<SessionState, SessionEvent> = {
  category: 'session',
  decider: { initial: initialSession, evolve: evolveSession },
  exists: ({ opened }) => opened,
  shown: {
    opened: internal,
    revoked: asItIs,
    userId: asSubject('user'),
    audience: asItIs,
    generation: internal,
    methods: asItIs,
    openedAt: asTime,
    expiresAt: asTime,
    issued: ({ at, roles, scopes }) => ({ at: asTime(at), roles, scopes }),
    refreshId: internal,
    replaced: internal,
  },
};
