import { workspaceAttributes } from '@evident/caller';
import type { WorkspaceObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { totals } from '../projections/totals.projection.ts';
import { type WorkspaceRow, workspacesView } from '../projections/workspaces.projection.ts';
import type { ListedView } from '../reading/listed-view.ts';

export const listedWorkspaces: ListedView<WorkspaceRow> = {
  view: workspacesView,
  projection: 'workspaces',
  streamOf: streams.workspace,
  attributesOf: workspaceAttributes,
  keys: ['uid', 'workspace_id'],
  members: { owner_id: 'ownerId' },
  total: totals.workspaces,
};

export function workspaceObjectOf(uid: string, row: WorkspaceRow): WorkspaceObject {
  const { name, slug, description, logoUrl, settings, isActive, ownerId, createdAt, updatedAt } = row;
  return { uid, name, slug, description, logoUrl, settings, isActive, ownerId, createdAt, updatedAt };
}
