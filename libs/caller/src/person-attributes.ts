import type { Attributes } from '@evident/authorization';

/** What filters of scopes see of a person, and of what is theirs alone. */
export function personAttributes(userId: string, workspaceIds: Iterable<string>): Attributes {
  return { uid: userId, user_id: userId, owner_id: userId, workspace_id: [...workspaceIds] };
}
