import { evolveRoleProfile, type RoleEvent, roleEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A role under its uid. */
export type RoleRow = {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly isActive: boolean;
  readonly workspaceId: string | null;
  readonly ownerId: string | null;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

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
