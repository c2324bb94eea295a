import { type RoleEvent, type RoleState, roleDecider } from '@evident/domain';
import { type Aggregate, asItIs, asSubject, internal } from './aggregate.ts';

export const roleAggregate: Aggregate<RoleState, RoleEvent> = {
  category: 'role',
  decider: roleDecider,
  exists: ({ defined }) => defined,
  shown: {
    defined: internal,
    retired: asItIs,
    name: asItIs,
    slug: asItIs,
    lookup: internal,
    claimId: internal,
    description: asItIs,
    scopes: asItIs,
    isActive: asItIs,
    workspaceId: asSubject('workspace'),
    // The id of a user or of an agent: the state does not say of which.
    ownerId: asItIs,
    claims: internal,
  },
};
