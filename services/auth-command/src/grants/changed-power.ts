import { uncovered } from '@evident/authorization';
import { isLivingRole, type RoleState, type UserDetails, type UserState } from '@evident/domain';
import { scopesOfRole } from './scopes-of-roles.ts';

/** What a user was given. */
export type Held = Pick<UserState, 'roleIds' | 'scopes' | 'workspaces'>;

/** The scopes of all that is new to the user. What stays as it was is not handed on by this caller. */
export function scopesGained(
  { roleIds = [], scopes = [], workspaces = [] }: Pick<UserDetails, 'roleIds' | 'scopes' | 'workspaces'>,
  user: Held,
  byId: ReadonlyMap<string, RoleState>,
): readonly string[] {
  const given = (roleId: string, workspaceId: string | null) => {
    const role = byId.get(roleId);
    return role === undefined ? [] : scopesOfRole(role, workspaceId);
  };
  return [
    ...without(scopes, user.scopes),
    ...without(roleIds, user.roleIds).flatMap((roleId) => given(roleId, null)),
    ...workspaces.flatMap(({ workspaceId, roleIds: there }) =>
      there
        .filter((roleId) => user.workspaces.get(workspaceId)?.includes(roleId) !== true)
        .flatMap((roleId) => given(roleId, workspaceId)),
    ),
  ];
}

/** The scopes that the user would have no more: who may not disable somebody does not take their power piece by piece. */
export function scopesLost(
  { roleIds, scopes }: Pick<UserDetails, 'roleIds' | 'scopes'>,
  user: Held,
  byId: ReadonlyMap<string, RoleState>,
): readonly string[] {
  const taken = (roleId: string) => {
    const role = byId.get(roleId);
    return role !== undefined && isLivingRole(role) ? scopesOfRole(role, null) : [];
  };
  return [
    ...(scopes === undefined ? [] : uncovered(user.scopes, scopes)),
    ...(roleIds === undefined ? [] : without(user.roleIds, roleIds).flatMap(taken)),
  ];
}

/** Roles that were given after the user was looked at. */
export function rolesLostUnseen(
  { roleIds }: Pick<UserDetails, 'roleIds'>,
  user: Held,
  byId: ReadonlyMap<string, RoleState>,
): readonly string[] {
  return roleIds === undefined ? [] : without(user.roleIds, roleIds).filter((roleId) => !byId.has(roleId));
}

export function without(all: readonly string[], others: readonly string[]): readonly string[] {
  return all.filter((one) => !others.includes(one));
}
