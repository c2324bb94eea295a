import { roleAttributes, workspaceAttributes } from '@evident/caller';
import type { RoleObject, WorkspaceObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { type RoleRow, rolesView } from '../projections/roles.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { type WorkspaceRow, workspacesView } from '../projections/workspaces.projection.ts';
import type { ListedView } from './listed-view.ts';

export const listedRoles: ListedView<RoleRow> = {
  view: rolesView,
  projection: 'roles',
  streamOf: streams.role,
  attributesOf: roleAttributes,
  keys: ['uid'],
  members: { workspace_id: 'workspaceId', owner_id: 'ownerId' },
  total: totals.roles,
};

export const listedWorkspaces: ListedView<WorkspaceRow> = {
  view: workspacesView,
  projection: 'workspaces',
  streamOf: streams.workspace,
  attributesOf: workspaceAttributes,
  keys: ['uid', 'workspace_id'],
  members: { owner_id: 'ownerId' },
  total: totals.workspaces,
};

export function roleObjectOf(uid: string, row: RoleRow): RoleObject {
  const { name, slug, description, scopes, isActive, workspaceId, ownerId, createdAt, updatedAt } = row;
  return { uid, name, slug, description, scopes: [...scopes], isActive, workspaceId, ownerId, createdAt, updatedAt };
}

export function workspaceObjectOf(uid: string, row: WorkspaceRow): WorkspaceObject {
  const { name, slug, description, logoUrl, settings, isActive, ownerId, createdAt, updatedAt } = row;
  return { uid, name, slug, description, logoUrl, settings, isActive, ownerId, createdAt, updatedAt };
}
