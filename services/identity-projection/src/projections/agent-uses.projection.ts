import { assertionAccepted, type EventOf } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** When an agent last proved who it is, under the agent's uid. */
export type AgentUseRow = {
  /** Milliseconds since the epoch, from the log. */
  readonly usedAt: number;
};

export const agentUsesView: View<AgentUseRow> = { name: 'agent-uses', version: 1, indexes: [] };

export const agentUsesProjection: Projection<AgentUseRow, Projected<EventOf<typeof assertionAccepted>>> = {
  name: 'agent-uses',
  view: agentUsesView,
  types: typesOf([assertionAccepted]),
  keys: (event) => [event.data.agentId],
  evolve: (_row, event) => ({ usedAt: event.stored.recordedAt }),
};
