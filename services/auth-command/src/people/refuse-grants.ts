import { isName } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import type { RoleState, UserState, WorkspaceRoles } from '@evident/domain';
import type { AskedCommand } from '../command.ts';
import type { FoundGrants } from '../grants/find-grants.ts';
import { mayChangeWorkspace, mayDo } from '../may-do.ts';

/**
 * Why a person may not be given this: nobody gives or takes more than they have, nor takes anybody into or out of a
 * workspace that they may not change, nor changes the roles there. Of what stays as it is nothing is asked.
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
    const missing = mayChangeWorkspace(command, workspaceId, { ownerId: grants.ownerOf(workspaceId) });
    if (missing !== undefined) return missing;
  }
  return refuseNames(grants.changedRoles(state), command, scope) ?? grants.refusalFor(state, command);
}

/**
 * Other apps act on the slugs of these roles, and nothing in a name can be held against what the caller has. So it takes
 * the say over all users, not over some of them alone. In a workspace it takes the say over that, which was asked before.
 */
function refuseNames(roles: readonly RoleState[], command: AskedCommand, scope: string): ReplyError | undefined {
  return roles.some((role) => isName(role, null)) ? mayDo(command, scope) : undefined;
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
