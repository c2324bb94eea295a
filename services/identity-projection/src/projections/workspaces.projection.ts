import { evolveWorkspaceProfile, type WorkspaceEvent, type WorkspaceProfile, workspaceEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A workspace under its uid. */
export type WorkspaceRow = WorkspaceProfile;

export const workspacesView: View<WorkspaceRow> = {
  name: 'workspaces',
  version: 1,
  indexes: [['createdAt'], ['ownerId', 'createdAt']],
};

export const workspacesProjection: Projection<WorkspaceRow, Projected<WorkspaceEvent>> = {
  name: 'workspaces',
  view: workspacesView,
  types: typesOf(workspaceEvents),
  keys: (event) => [event.stream.id],
  evolve: (row, event) => evolveWorkspaceProfile(row, event, event.stored.recordedAt),
};
