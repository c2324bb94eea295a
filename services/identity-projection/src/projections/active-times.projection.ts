import {
  appDeactivated,
  appReactivated,
  appRegistered,
  appRemoved,
  type EventOf,
  userDeactivated,
  userReactivated,
  userRegistered,
  userRemoved,
} from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { begun, ended, type Interval } from './interval.ts';
import { type Projected, typesOf } from './projected.ts';

/** When a user or an app was active, under its subject (`user:<uid>`); those that were removed too. */
export type ActiveTimesRow = {
  readonly kind: 'user' | 'app';
  readonly uid: string;
  readonly number: number;
  readonly intervals: readonly Interval[];
};

const definitions = [
  userRegistered,
  userDeactivated,
  userReactivated,
  userRemoved,
  appRegistered,
  appDeactivated,
  appReactivated,
  appRemoved,
] as const;
type ActivityEvent = EventOf<(typeof definitions)[number]>;

export const activeTimesView: View<ActiveTimesRow> = {
  name: 'active-times',
  version: 1,
  indexes: [['kind', 'number']],
};

export const activeTimesProjection: Projection<ActiveTimesRow, Projected<ActivityEvent>> = {
  name: 'active-times',
  view: activeTimesView,
  types: typesOf(definitions),
  keys: ({ stream }) => [`${stream.category}:${stream.id}`],
  evolve(row, { type, data, stream, stored }) {
    const { position, revision } = stored;
    switch (type) {
      case 'user.registered':
      case 'app.registered': {
        const kind = type === 'user.registered' ? 'user' : 'app';
        return { kind, uid: stream.id, number: data.number, intervals: begun([], position, revision) };
      }
      case 'user.reactivated':
      case 'app.reactivated':
        return row && { ...row, intervals: begun(row.intervals, position, revision) };
      default:
        return row && { ...row, intervals: ended(row.intervals, position) };
    }
  },
};
