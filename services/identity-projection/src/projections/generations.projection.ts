import {
  agentChanged,
  agentCreated,
  agentDeactivated,
  agentKeyReplaced,
  agentRemoved,
  type EventOf,
  userAdminRevoked,
  userDeactivated,
  userPasswordChanged,
  userPasswordRemoved,
  userRemoved,
  userSessionsEnded,
} from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** The security generation of a user or an agent, under the uid: tokens of an older one have ended. */
export type GenerationRow = {
  readonly holder: 'user' | 'agent';
  readonly generation: number;
  /** When older tokens ended, milliseconds since the epoch, from the log; null while there are no older ones. */
  readonly endedAt: number | null;
};

/** Every event that may raise the generation carries the present one. */
export const generationDefinitions = [
  userPasswordChanged,
  userPasswordRemoved,
  userDeactivated,
  userRemoved,
  userSessionsEnded,
  userAdminRevoked,
  agentCreated,
  agentChanged,
  agentKeyReplaced,
  agentDeactivated,
  agentRemoved,
] as const;
export type GenerationEvent = EventOf<(typeof generationDefinitions)[number]>;

export const generationsView: View<GenerationRow> = { name: 'generations', version: 2, indexes: [['endedAt']] };

/** The row stays when its holder is removed: that is when it matters most. */
export const generationsProjection: Projection<GenerationRow, Projected<GenerationEvent>> = {
  name: 'generations',
  view: generationsView,
  types: typesOf(generationDefinitions),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const { generation } = event.data;
    if (row?.generation === generation) return row;
    const holder = holderKindOf(event.type);
    return { holder, generation, endedAt: generation === firstGeneration ? null : event.stored.recordedAt };
  },
};

/** Whose tokens an event of this type ends. */
export function holderKindOf(type: string): GenerationRow['holder'] {
  return type.startsWith('agent.') ? 'agent' : 'user';
}

/** Set with the first password or key: no token can be older. */
export const firstGeneration = 1;
