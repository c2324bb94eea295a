import { type EventOf, userRoleGranted, userRoleRevoked } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** That a user holds a role everywhere, under `<user uid>|<role uid>`. */
export type RoleHolderRow = { readonly userUid: string; readonly roleUid: string };

type HoldingEvent = EventOf<typeof userRoleGranted | typeof userRoleRevoked>;

export const roleHoldersView: View<RoleHolderRow> = {
  name: 'role-holders',
  version: 1,
  indexes: [['roleUid', 'userUid']],
};

/** A removed user's edges end by events of their own; those of a retired role stay, and lead nowhere. */
export const roleHoldersProjection: Projection<RoleHolderRow, Projected<HoldingEvent>> = {
  name: 'role-holders',
  view: roleHoldersView,
  types: typesOf([userRoleGranted, userRoleRevoked]),
  keys: (event) => [`${event.stream.id}|${event.data.roleId}`],
  evolve: (_row, event) =>
    event.type === 'user.role-revoked' ? undefined : { userUid: event.stream.id, roleUid: event.data.roleId },
};
