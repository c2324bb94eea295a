import { type SessionEvent, type SessionState, sessionDecider } from '@evident/domain';
import { type Aggregate, asItIs, asSubject, asTime, internal } from './aggregate.ts';

export const sessionAggregate: Aggregate<SessionState, SessionEvent> = {
  category: 'session',
  decider: sessionDecider,
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
