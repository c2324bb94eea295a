import { primaryIdentifier, readJsonObject, type UserEvent, type UserState, userDecider } from '@evident/domain';
import { type Aggregate, asItIs, asSubjects, internal } from './aggregate.ts';

export const userAggregate: Aggregate<UserState, UserEvent> = {
  category: 'user',
  decider: userDecider,
  exists: ({ registered }) => registered,
  shown: {
    registered: internal,
    removed: asItIs,
    erased: asItIs,
    number: asItIs,
    isActive: asItIs,
    status: asItIs,
    isAdmin: asItIs,
    isOwner: asItIs,
    isLimited: asItIs,
    generation: internal,
    passwordHash: internal,
    identifiers: (identifiers) =>
      identifiers.map(({ kind, value, verified, primary }) => ({ kind, value, verified, primary })),
    claims: internal,
    apps: (apps) => asSubjects('app')(apps.keys()),
    roleIds: asSubjects('role'),
    scopes: asItIs,
    workspaces: (workspaces) =>
      Object.fromEntries([...workspaces].map(([id, roleIds]) => [`workspace:${id}`, asSubjects('role')(roleIds)])),
    name: asItIs,
    avatarUrl: asItIs,
    customClaims: readJsonObject,
    profile: readJsonObject,
  },
  derived: {
    username: (state) => primaryIdentifier(state.identifiers, 'username')?.value ?? '',
    email: (state) => primaryIdentifier(state.identifiers, 'email')?.value ?? '',
  },
};
