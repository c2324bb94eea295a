import type { RoleEvent } from './events.ts';

/**
 * A role as others see it; times are milliseconds since the epoch, from the log. Rows of its view hold all of it as it
 * stands here: another member is a new version of that view.
 */
export type RoleProfile = {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly isActive: boolean;
  readonly workspaceId: string | null;
  readonly ownerId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** The profile after an event, folded alike by the reply of a command and by the projection. Undefined before definition and after retirement. */
export function evolveRoleProfile(
  profile: RoleProfile | undefined,
  event: RoleEvent,
  recordedAt: number,
): RoleProfile | undefined {
  if (event.type === 'role.defined') {
    const { lookup: _lookup, claimId: _claimId, ...shown } = event.data;
    return { ...shown, createdAt: recordedAt, updatedAt: recordedAt };
  }
  if (profile === undefined || event.type === 'role.retired') return undefined;
  return event.type === 'role.changed' ? { ...profile, ...event.data, updatedAt: recordedAt } : profile;
}
