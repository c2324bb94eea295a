import { roleAttributes } from '@evident/caller';
import type { RoleObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { type RoleRow, rolesView } from '../projections/roles.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import type { ListedView } from '../reading/listed-view.ts';

export const listedRoles: ListedView<RoleRow> = {
  view: rolesView,
  projection: 'roles',
  streamOf: streams.role,
  attributesOf: roleAttributes,
  keys: ['uid'],
  members: { workspace_id: 'workspaceId', owner_id: 'ownerId' },
  total: totals.roles,
};

export function roleObjectOf(uid: string, row: RoleRow): RoleObject {
  const { name, slug, description, scopes, isActive, workspaceId, ownerId, createdAt, updatedAt } = row;
  return { uid, name, slug, description, scopes: [...scopes], isActive, workspaceId, ownerId, createdAt, updatedAt };
}
