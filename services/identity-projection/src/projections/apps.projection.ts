import { type AppEvent, appEvents, evolveAppProfile } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** An app under its uid. */
export type AppRow = {
  readonly number: number;
  readonly name: string;
  readonly url: string;
  readonly isActive: boolean;
  readonly apiKeyPrefix: string;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Of the last event of the app's stream that this row includes. */
  readonly revision: number;
};

export const appsView: View<AppRow> = { name: 'apps', version: 1, indexes: [['number']] };

export const appsProjection: Projection<AppRow, Projected<AppEvent>> = {
  name: 'apps',
  view: appsView,
  types: typesOf(appEvents),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const { revision, recordedAt } = event.stored;
    const profile = evolveAppProfile(row, event, recordedAt);
    if (profile === undefined) return undefined;
    const { number, name, url, isActive, apiKeyPrefix, createdAt, updatedAt } = profile;
    return { number, name, url, isActive, apiKeyPrefix, createdAt, updatedAt, revision };
  },
};
