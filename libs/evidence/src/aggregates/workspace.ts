import { type WorkspaceEvent, type WorkspaceState, workspaceDecider } from '@evident/domain';
import { type Aggregate, asItIs, internal } from './aggregate.ts';

export const workspaceAggregate: Aggregate<WorkspaceState, WorkspaceEvent> = {
  category: 'workspace',
  decider: workspaceDecider,
  exists: ({ created }) => created,
  shown: {
    created: internal,
    removed: asItIs,
    name: asItIs,
    slug: asItIs,
    lookup: internal,
    claimId: internal,
    description: asItIs,
    logoUrl: asItIs,
    settings: asItIs,
    isActive: asItIs,
    ownerId: asItIs,
    claims: internal,
  },
};
