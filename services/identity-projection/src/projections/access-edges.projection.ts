import { type EventOf, userAppAssigned, userAppUnassigned } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { begun, ended, type Interval } from './interval.ts';
import { type Projected, typesOf } from './projected.ts';

/** When a user was assigned an app, under `<user uid>|<app uid>`: kept for ever, for questions about the past. */
export type AccessEdgeRow = {
  readonly userUid: string;
  readonly userNumber: number;
  readonly appUid: string;
  readonly appNumber: number;
  readonly intervals: readonly Interval[];
};

const definitions = [userAppAssigned, userAppUnassigned] as const;
type EdgeEvent = EventOf<(typeof definitions)[number]>;

export const accessEdgesView: View<AccessEdgeRow> = {
  name: 'access-edges',
  version: 1,
  indexes: [
    ['userUid', 'appNumber'],
    ['appUid', 'userNumber'],
  ],
};

/** Whether user and app were active then is asked of their own rows. */
export const accessEdgesProjection: Projection<AccessEdgeRow, Projected<EdgeEvent>> = {
  name: 'access-edges',
  view: accessEdgesView,
  types: typesOf(definitions),
  keys: (event) => [`${event.stream.id}|${event.data.appId}`],
  evolve(row, event) {
    const { position, revision } = event.stored;
    if (event.type === 'user.app-unassigned') {
      return row === undefined ? undefined : { ...row, intervals: ended(row.intervals, position) };
    }
    const { appId: appUid, appNumber, userNumber } = event.data;
    const intervals = begun(row?.intervals ?? [], position, revision);
    return { userUid: event.stream.id, userNumber, appUid, appNumber, intervals };
  },
};
