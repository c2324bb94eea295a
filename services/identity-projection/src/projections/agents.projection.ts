import { type AgentEvent, type AgentProfile, agentEvents, evolveAgentProfile } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** An agent under its uid. */
export type AgentRow = AgentProfile;

export const agentsView: View<AgentRow> = { name: 'agents', version: 1, indexes: [['createdAt']] };

export const agentsProjection: Projection<AgentRow, Projected<AgentEvent>> = {
  name: 'agents',
  view: agentsView,
  types: typesOf(agentEvents),
  keys: (event) => [event.stream.id],
  evolve: (row, event) => evolveAgentProfile(row, event, event.stored.recordedAt),
};
