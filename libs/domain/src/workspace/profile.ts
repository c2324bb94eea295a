import type { WorkspaceEvent, WorkspaceSettings } from './events.ts';

/**
 * A workspace as others see it; times are milliseconds since the epoch, from the log. Rows of its view hold all of it as it
 * stands here: another member is a new version of that view.
 */
export type WorkspaceProfile = {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly logoUrl: string | null;
  readonly settings: WorkspaceSettings;
  readonly isActive: boolean;
  readonly ownerId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** The profile after an event, folded alike by the reply of a command and by the projection. Undefined before creation and after removal. */
export function evolveWorkspaceProfile(
  profile: WorkspaceProfile | undefined,
  event: WorkspaceEvent,
  recordedAt: number,
): WorkspaceProfile | undefined {
  if (event.type === 'workspace.created') {
    const { lookup: _lookup, claimId: _claimId, ...shown } = event.data;
    return { ...shown, createdAt: recordedAt, updatedAt: recordedAt };
  }
  if (profile === undefined || event.type === 'workspace.removed') return undefined;
  return event.type === 'workspace.changed' ? { ...profile, ...event.data, updatedAt: recordedAt } : profile;
}
