import type { Attributes } from '@evident/caller';
import type { UserState } from '@evident/domain';

/** What filters of scopes see of a person, and of what is theirs alone; undefined where there is no such user. */
export function personAttributes(userId: string, user: UserState): Attributes | undefined {
  if (!user.registered || user.removed) return undefined;
  return { uid: userId, user_id: userId, owner_id: userId, workspace_id: [...user.workspaces.keys()] };
}
