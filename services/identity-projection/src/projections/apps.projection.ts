import { type AppEvent, type AppProfile, appEvents, evolveAppProfile } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** An app under its uid. */
export type AppRow = AppProfile & {
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
    return profile && { ...profile, revision };
  },
};
