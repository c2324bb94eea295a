import type { Attributes } from '@evident/caller';
import type { RoleState, WorkspaceState } from '@evident/domain';

/** What a role says of itself to the filters of scopes. */
export function roleAttributes(
  roleId: string,
  { workspaceId, ownerId }: Pick<RoleState, 'workspaceId' | 'ownerId'>,
): Attributes {
  return { uid: roleId, ...madeIn(workspaceId, ownerId) };
}

/** A workspace is in itself: a scope narrowed to it reaches it. */
export function workspaceAttributes(workspaceId: string, { ownerId }: Pick<WorkspaceState, 'ownerId'>): Attributes {
  return { uid: workspaceId, ...madeIn(workspaceId, ownerId) };
}

/** Of what is still to be made. */
export function madeIn(workspaceId: string | null | undefined, ownerId: string | null): Attributes {
  return {
    ...(workspaceId === null || workspaceId === undefined ? {} : { workspace_id: workspaceId }),
    ...(ownerId === null ? {} : { owner_id: ownerId }),
  };
}
