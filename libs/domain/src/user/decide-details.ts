import type { UserDetails, WorkspaceRoles } from './commands.ts';
import type { UserEvent, UserStatus } from './events.ts';
import type { UserState } from './state.ts';

/** What has to happen for the details to be these; only a deactivation ends tokens. */
export function changeDetails(details: UserDetails, state: UserState): UserEvent[] {
  return [
    ...changeActivity(details, state),
    ...changeLimit(details, state),
    ...changeRoles(details, state),
    ...changeScopes(details, state),
    ...(details.workspaces === undefined ? [] : changeWorkspaces(details.workspaces, state)),
    ...changeTexts(details, state),
  ];
}

function changeActivity(details: UserDetails, state: UserState): UserEvent[] {
  const isActive = details.isActive ?? (details.status === undefined ? undefined : details.status === 'active');
  if (isActive === undefined) return [];
  if (isActive) return state.isActive ? [] : [{ type: 'user.reactivated', data: {} }];
  const events: UserEvent[] = [];
  let status: UserStatus = state.status;
  if (state.isActive) {
    events.push({ type: 'user.deactivated', data: { generation: state.generation + 1 } });
    status = 'deactive';
  }
  if (details.status !== undefined && details.status !== status) {
    events.push({ type: 'user.status-changed', data: { status: details.status } });
  }
  return events;
}

function changeLimit({ isLimited }: UserDetails, state: UserState): UserEvent[] {
  if (isLimited === undefined || isLimited === state.isLimited) return [];
  return [{ type: isLimited ? 'user.limited' : 'user.limit-lifted', data: {} }];
}

function changeRoles({ roleIds }: UserDetails, state: UserState): UserEvent[] {
  if (roleIds === undefined) return [];
  const wanted = new Set(roleIds);
  const held = new Set(state.roleIds);
  const lost = state.roleIds.filter((roleId) => !wanted.has(roleId));
  const gained = [...wanted].filter((roleId) => !held.has(roleId));
  return [
    ...lost.map((roleId): UserEvent => ({ type: 'user.role-revoked', data: { roleId } })),
    ...gained.map((roleId): UserEvent => ({ type: 'user.role-granted', data: { roleId } })),
  ];
}

function changeScopes({ scopes }: UserDetails, state: UserState): UserEvent[] {
  if (scopes === undefined || isSameSet(scopes, state.scopes)) return [];
  return [{ type: 'user.scopes-assigned', data: { scopes: [...new Set(scopes)] } }];
}

function changeWorkspaces(workspaces: readonly WorkspaceRoles[], state: UserState): UserEvent[] {
  const wanted = new Map(workspaces.map((workspace) => [workspace.workspaceId, workspace]));
  const left = [...state.workspaces.keys()].filter((workspaceId) => !wanted.has(workspaceId));
  return [
    ...left.map((workspaceId): UserEvent => ({ type: 'user.workspace-left', data: { workspaceId } })),
    ...[...wanted.values()].flatMap((workspace) => joinWorkspace(workspace, state)),
  ];
}

export function joinWorkspace({ workspaceId, roleIds }: WorkspaceRoles, state: UserState): UserEvent[] {
  const present = state.workspaces.get(workspaceId);
  if (present !== undefined && isSameSet(present, roleIds)) return [];
  const type = present === undefined ? 'user.workspace-joined' : 'user.workspace-roles-changed';
  return [{ type, data: { workspaceId, roleIds: [...new Set(roleIds)] } }];
}

function changeTexts(details: UserDetails, state: UserState): UserEvent[] {
  const { name, avatarUrl, customClaims, profile } = details;
  const events: UserEvent[] = [];
  if (name !== undefined && name !== state.name) events.push({ type: 'user.named', data: { name } });
  if (avatarUrl !== undefined && avatarUrl !== state.avatarUrl) {
    events.push({ type: 'user.avatar-changed', data: { avatarUrl } });
  }
  if (customClaims !== undefined && customClaims !== state.customClaims) {
    events.push({ type: 'user.custom-claims-changed', data: { customClaims } });
  }
  if (profile !== undefined && profile !== state.profile) {
    events.push({ type: 'user.profile-changed', data: { profile } });
  }
  return events;
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [new Set(some), new Set(others)];
  return one.size === other.size && [...one].every((text) => other.has(text));
}
