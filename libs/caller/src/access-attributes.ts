import type { Attributes } from '@evident/authorization';

/** What filters of scopes see of a role. */
export function roleAttributes(
  uid: string,
  { workspaceId, ownerId }: { readonly workspaceId: string | null; readonly ownerId: string | null },
): Attributes {
  return { uid, ...madeIn(workspaceId, ownerId) };
}

/** What they see of a workspace, which is in itself: a scope narrowed to it reaches it. */
export function workspaceAttributes(uid: string, { ownerId }: { readonly ownerId: string | null }): Attributes {
  return { uid, ...madeIn(uid, ownerId) };
}

/** What they see of something that is still to be made. */
export function madeIn(workspaceId: string | null | undefined, ownerId: string | null): Attributes {
  return {
    ...(workspaceId === null || workspaceId === undefined ? {} : { workspace_id: workspaceId }),
    ...(ownerId === null ? {} : { owner_id: ownerId }),
  };
}
