import { evolveRoleProfile, type RoleEvent, type RoleProfile, roleEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A role under its uid. */
export type RoleRow = RoleProfile;

export const rolesView: View<RoleRow> = {
  name: 'roles',
  version: 1,
  indexes: [['createdAt'], ['workspaceId', 'createdAt'], ['ownerId', 'createdAt'], ['name']],
};

export const rolesProjection: Projection<RoleRow, Projected<RoleEvent>> = {
  name: 'roles',
  view: rolesView,
  types: typesOf(roleEvents),
  keys: (event) => [event.stream.id],
  evolve: (row, event) => evolveRoleProfile(row, event, event.stored.recordedAt),
};
