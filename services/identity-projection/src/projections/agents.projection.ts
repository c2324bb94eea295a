import { type AgentEvent, agentEvents, evolveAgentProfile, type Principal } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** An agent under its uid. */
export type AgentRow = {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string | null;
  readonly createdBy: Principal;
  readonly isActive: boolean;
  readonly verifyKey: string;
  readonly keyId: string;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const agentsView: View<AgentRow> = { name: 'agents', version: 1, indexes: [['createdAt']] };

export const agentsProjection: Projection<AgentRow, Projected<AgentEvent>> = {
  name: 'agents',
  view: agentsView,
  types: typesOf(agentEvents),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const profile = evolveAgentProfile(row, event, event.stored.recordedAt);
    return profile && { ...profile };
  },
};
