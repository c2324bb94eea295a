import { narrow } from '@evident/authorization';
import type { RoleState } from '@evident/domain';

/** What scopes come to in a workspace; everywhere, where it is none. */
export function scopesWithin(scopes: readonly string[], workspaceId: string | null): readonly string[] {
  if (workspaceId === null) return scopes;
  return scopes.flatMap((scope) => narrow(scope, 'workspace_id', workspaceId) ?? []);
}

/** What somebody gets who is given this role, in a workspace or (null) everywhere that it counts. */
export function scopesOfRole(
  role: Pick<RoleState, 'scopes' | 'workspaceId'>,
  workspaceId: string | null,
): readonly string[] {
  return scopesWithin(role.scopes, role.workspaceId ?? workspaceId);
}
