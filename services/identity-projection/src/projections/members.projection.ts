import { type EventOf, userWorkspaceJoined, userWorkspaceLeft, userWorkspaceRolesChanged } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** That a user is in a workspace, under `<user uid>|<workspace uid>`. */
export type MemberRow = {
  readonly userUid: string;
  readonly workspaceUid: string;
  readonly roleIds: readonly string[];
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly joinedAt: number;
  readonly updatedAt: number;
};

const definitions = [userWorkspaceJoined, userWorkspaceRolesChanged, userWorkspaceLeft] as const;
type MemberEvent = EventOf<(typeof definitions)[number]>;

export const membersView: View<MemberRow> = {
  name: 'members',
  version: 1,
  indexes: [
    ['workspaceUid', 'joinedAt'],
    ['userUid', 'joinedAt'],
  ],
};

const memberKey = (userUid: string, workspaceUid: string) => `${userUid}|${workspaceUid}`;

/** A removed user's edges end by events of their own; those of a removed workspace stay, and are left out where it is joined. */
export const membersProjection: Projection<MemberRow, Projected<MemberEvent>> = {
  name: 'members',
  view: membersView,
  types: typesOf(definitions),
  keys: (event) => [memberKey(event.stream.id, event.data.workspaceId)],
  evolve(row, event) {
    if (event.type === 'user.workspace-left') return undefined;
    const { workspaceId: workspaceUid, roleIds } = event.data;
    const { recordedAt } = event.stored;
    const joinedAt = event.type === 'user.workspace-joined' ? recordedAt : (row?.joinedAt ?? recordedAt);
    return { userUid: event.stream.id, workspaceUid, roleIds, joinedAt, updatedAt: recordedAt };
  },
};
