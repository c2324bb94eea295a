import {
  type EventOf,
  userAdminRevoked,
  userDeactivated,
  userPasswordChanged,
  userRemoved,
  userSessionsEnded,
} from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** The security generation of a user, under the uid: tokens of an older one have ended. */
export type GenerationRow = {
  readonly generation: number;
  /** When older tokens ended, milliseconds since the epoch, from the log; null while there are no older ones. */
  readonly endedAt: number | null;
};

/** Every event that raises the generation carries the new one. */
export const generationDefinitions = [
  userPasswordChanged,
  userDeactivated,
  userRemoved,
  userSessionsEnded,
  userAdminRevoked,
] as const;
export type GenerationEvent = EventOf<(typeof generationDefinitions)[number]>;

export const generationsView: View<GenerationRow> = { name: 'generations', version: 1, indexes: [['endedAt']] };

/** The row stays when its user is removed: that is when it matters most. */
export const generationsProjection: Projection<GenerationRow, Projected<GenerationEvent>> = {
  name: 'generations',
  view: generationsView,
  types: typesOf(generationDefinitions),
  keys: (event) => [event.stream.id],
  evolve(_row, event) {
    const { generation } = event.data;
    return { generation, endedAt: generation === firstGeneration ? null : event.stored.recordedAt };
  },
};

/** Set with the first password: no token can be older. */
export const firstGeneration = 1;
