import type { WorkspaceSettings } from './events.ts';

export interface WorkspaceDetails {
  readonly name: string;
  readonly description: string;
  readonly logoUrl: string | null;
  readonly settings: WorkspaceSettings;
  readonly isActive: boolean;
}

export interface CreateWorkspace extends WorkspaceDetails {
  readonly type: 'create-workspace';
  readonly slug: string;
  readonly lookup: string;
  /** Stands on the slug's reservation stream and is completed here. */
  readonly claimId: string;
  readonly ownerId: string | null;
}

/** Absent members stay as they are. */
export interface ChangeWorkspace extends Partial<WorkspaceDetails> {
  readonly type: 'change-workspace';
}

export interface RemoveWorkspace {
  readonly type: 'remove-workspace';
}

/** For a rival or the sweeper, who may release the reservation once this was accepted and not before. */
export interface AbandonWorkspaceClaim {
  readonly type: 'abandon-claim';
  readonly kind: 'workspace-slug';
  readonly claimId: string;
}

export type WorkspaceCommand = CreateWorkspace | ChangeWorkspace | RemoveWorkspace | AbandonWorkspaceClaim;
