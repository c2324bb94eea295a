import { type EventOf, userAppAssigned, userAppUnassigned } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** That a user may use an app, under `<user uid>|<app uid>`. */
export type AssignmentRow = {
  readonly userUid: string;
  readonly userNumber: number;
  readonly appUid: string;
  readonly appNumber: number;
};

/** What the key of an assignment joins. */
export function endsOfAssignment(key: string): { readonly userUid: string; readonly appUid: string } {
  const [userUid = '', appUid = ''] = key.split('|');
  return { userUid, appUid };
}

type AssignmentEvent = EventOf<typeof userAppAssigned | typeof userAppUnassigned>;

export const assignmentsView: View<AssignmentRow> = {
  name: 'assignments',
  version: 1,
  indexes: [
    ['userUid', 'appNumber'],
    ['appUid', 'userNumber'],
  ],
};

/**
 * An edge knows nothing of its ends but their ids. A removed user's edges end by events of their own; those of a
 * removed app stay, and are left out where the app is joined.
 */
export const assignmentsProjection: Projection<AssignmentRow, Projected<AssignmentEvent>> = {
  name: 'assignments',
  view: assignmentsView,
  types: typesOf([userAppAssigned, userAppUnassigned]),
  keys: (event) => [`${event.stream.id}|${event.data.appId}`],
  evolve(_row, event) {
    if (event.type === 'user.app-unassigned') return undefined;
    const { appId: appUid, appNumber, userNumber } = event.data;
    return { userUid: event.stream.id, userNumber, appUid, appNumber };
  },
};
