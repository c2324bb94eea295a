import type { ReplyError } from '@evident/contracts';
import type { RoleState, UserState, WorkspaceRoles } from '@evident/domain';
import type { FoundGrants } from '../access/grants.ts';
import type { AskedCommand } from '../command.ts';
import { mayDo } from '../may-do.ts';

/**
 * Why a person may not be given this: nobody gives more than they have, nor takes anybody into or out of a workspace
 * that they may not change, nor changes the roles there. Of what stays as it is nothing is asked.
 *
 * @param scope by which the person is made or changed.
 */
export function refuseGrants(
  grants: FoundGrants,
  state: UserState,
  command: AskedCommand,
  scope: 'create:sso/user' | 'update:sso/user',
): ReplyError | undefined {
  const { workspaces } = grants.detailsFor(state);
  for (const workspaceId of workspaces === undefined ? [] : changedWorkspaces(state.workspaces, workspaces)) {
    const missing = mayChangeWorkspace(command, workspaceId);
    if (missing !== undefined) return missing;
  }
  return refuseNames(grants.newRoles(state), command, scope) ?? grants.refusalFor(state, command);
}

/**
 * A role without scopes is a name that other apps act on, and nothing in it can be held against what the caller has. So
 * it takes the say over all users or, where the role is of a workspace, over that: not over some of the users alone.
 */
function refuseNames(roles: readonly RoleState[], command: AskedCommand, scope: string): ReplyError | undefined {
  for (const { scopes, workspaceId } of roles) {
    if (scopes.length > 0) continue;
    const missing = workspaceId === null ? mayDo(command, scope) : mayChangeWorkspace(command, workspaceId);
    if (missing !== undefined) return missing;
  }
  return undefined;
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

function mayChangeWorkspace(command: AskedCommand, workspaceId: string): ReplyError | undefined {
  return mayDo(command, 'update:sso/workspace', { uid: workspaceId, workspace_id: workspaceId });
}
