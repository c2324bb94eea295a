import type { ReplyError } from '@evident/contracts';
import type { UserState, WorkspaceRoles } from '@evident/domain';
import type { FoundGrants } from '../access/grants.ts';
import type { Command } from '../command.ts';
import { mayDo } from '../may-do.ts';

/**
 * Why a person may not be given this: nobody gives more than they have, nor takes anybody into or out of a workspace
 * that they may not change, nor changes the roles there. Of what stays as it is nothing is asked.
 */
export function refuseGrants(grants: FoundGrants, state: UserState, command: Command): ReplyError | undefined {
  const { workspaces } = grants.detailsFor(state);
  for (const workspaceId of workspaces === undefined ? [] : changedWorkspaces(state.workspaces, workspaces)) {
    const missing = mayDo(command, 'update:sso/workspace', { uid: workspaceId, workspace_id: workspaceId });
    if (missing !== undefined) return missing;
  }
  return grants.refusalFor(state, command);
}

/** Those that are joined or left, or in which the roles become others. */
function changedWorkspaces(before: UserState['workspaces'], after: readonly WorkspaceRoles[]): readonly string[] {
  const there = new Map(after.map(({ workspaceId, roleIds }) => [workspaceId, new Set(roleIds)]));
  return [...new Set([...before.keys(), ...there.keys()])].filter((workspaceId) => {
    const [was, becomes] = [before.get(workspaceId), there.get(workspaceId)];
    if (was === undefined || becomes === undefined) return true;
    return new Set(was).size !== becomes.size || was.some((roleId) => !becomes.has(roleId));
  });
}
