import { evolveUser, initialUser, type UserEvent, type UserState } from '@evident/domain';
import { type Aggregate, asItIs, asSubjects, internal } from './aggregate.ts';

export const userAggregate: Aggregate<UserState, UserEvent> = {
  category: 'user',
  decider: { initial: initialUser, evolve: evolveUser },
  exists: ({ registered }) => registered,
  shown: {
    registered: internal,
    removed: asItIs,
    number: asItIs,
    isActive: asItIs,
    isAdmin: asItIs,
    generation: internal,
    passwordHash: internal,
    identifiers: (identifiers) =>
      Object.values(identifiers).map(({ kind, value, verified }) => ({ kind, value, verified })),
    claims: internal,
    apps: (apps) => asSubjects('app')(apps.keys()),
  },
  derived: {
    username: (state) => state.identifiers.username?.value ?? '',
    email: (state) => state.identifiers.email?.value ?? '',
  },
};
