import { evolveWorkspaceProfile, type WorkspaceEvent, type WorkspaceSettings, workspaceEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A workspace under its uid. */
export type WorkspaceRow = {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly logoUrl: string | null;
  readonly settings: WorkspaceSettings;
  readonly isActive: boolean;
  readonly ownerId: string | null;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

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
