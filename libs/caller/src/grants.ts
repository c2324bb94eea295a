import { narrow } from '@evident/authorization';
import { type RoleState, streams, type WorkspaceState } from '@evident/domain';
import type { Log } from '@evident/log';

/** What a user's own stream says that they were given. */
export interface Granted {
  readonly isAdmin: boolean;
  readonly isOwner?: boolean;
  readonly scopes?: readonly string[];
  readonly roleIds?: Iterable<string>;
  /** Workspace → the roles that the user has in it. */
  readonly workspaces?: ReadonlyMap<string, readonly string[]>;
}

/** What it comes to now, by the ends of the roles' and workspaces' streams. */
export interface Grants {
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  /** Slugs of active roles, in the order of granting. */
  readonly roles: readonly string[];
  /** The owner and administrators have everything; else direct scopes and those of roles, each once. */
  readonly scopes: readonly string[];
  /** Active workspaces that the user is a member of. */
  readonly workspaceIds: readonly string[];
  /** Active workspace → slugs of the active roles that count in it. */
  readonly workspaceRoles: Readonly<Record<string, readonly string[]>>;
  /** What other services act on by its slug alone, so that comparing scopes says nothing of it. */
  readonly names: readonly HeldName[];
}

/** A role that is a name, as somebody has it: in a workspace or, where that is null, beside the roles of the tenant. */
export interface HeldName {
  readonly roleId: string;
  readonly workspaceId: string | null;
}

/**
 * Whether a role is more than its scopes, given in a workspace or (null) beside the roles of the tenant: one without
 * scopes is a name and nothing else, and there the slug of a role of a workspace reads as one of the tenant's.
 */
export function isName(role: Pick<RoleState, 'scopes' | 'workspaceId'>, workspaceId: string | null): boolean {
  return role.scopes.length === 0 || (workspaceId === null && role.workspaceId !== null);
}

/** Scopes of the owner and of administrators (api/usso.md, "owner, administrator"). */
export const everything: readonly string[] = ['*:*'];

/**
 * The grants of a user now, from the leader: one stream end for each role and workspace, all at once. The answer is
 * the same object while neither the user nor any of them has changed.
 */
export async function grantsOf(
  states: Pick<Log['states'], 'role' | 'workspace'>,
  tenant: string,
  granted: Granted,
): Promise<Grants> {
  const known = folded.get(granted);
  if (known?.ends.length === 0) return known.grants;
  const { roleIds = [], workspaces = new Map<string, readonly string[]>() } = granted;
  const direct = [...roleIds];
  const wanted = [...new Set([...direct, ...[...workspaces.values()].flat()])];
  const memberships = [...workspaces.keys()];
  const [roleEnds, workspaceEnds] = await Promise.all([
    Promise.all(wanted.map((id) => states.role.load(streams.role(tenant, id)))),
    endsOf(states, tenant, memberships),
  ]);
  const ends = [...roleEnds, ...workspaceEnds].map(({ state }) => state);
  if (known?.ends.every((end, index) => end === ends[index])) return known.grants;
  const roles = new Map(wanted.map((id, index) => [id, roleEnds[index]?.state]));
  const live = memberships.filter((_, index) => isLive(workspaceEnds[index]?.state));
  const grants = fold(granted, { direct, roles, live });
  folded.set(granted, { ends, grants });
  return grants;
}

/** Those of these workspaces that are active now, from the leader. */
export async function activeWorkspaces(
  states: Pick<Log['states'], 'workspace'>,
  tenant: string,
  workspaceIds: readonly string[],
): Promise<readonly string[]> {
  const ends = await endsOf(states, tenant, workspaceIds);
  return workspaceIds.filter((_, index) => isLive(ends[index]?.state));
}

const folded = new WeakMap<Granted, { readonly ends: readonly unknown[]; readonly grants: Grants }>();

interface Found {
  readonly direct: readonly string[];
  readonly roles: ReadonlyMap<string, RoleState | undefined>;
  /** Active workspaces of the user. */
  readonly live: readonly string[];
}

function fold(granted: Granted, { direct, roles, live }: Found): Grants {
  const { isAdmin, isOwner = false, scopes: assigned = [], workspaces } = granted;
  const active = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const role = roles.get(id);
      return role?.isActive === true ? [{ ...role, id }] : [];
    });
  const scopes = new Set(assigned);
  const names: HeldName[] = [];
  const held = active(direct);
  for (const role of held) if (isName(role, null)) names.push({ roleId: role.id, workspaceId: null });
  for (const role of held) for (const scope of scopesIn(role, role.workspaceId, live)) scopes.add(scope);
  const workspaceRoles: Record<string, readonly string[]> = {};
  for (const workspaceId of live) {
    const here = active(workspaces?.get(workspaceId) ?? []).filter(
      (role) => (role.workspaceId ?? workspaceId) === workspaceId,
    );
    workspaceRoles[workspaceId] = here.map(({ slug }) => slug);
    for (const role of here) if (isName(role, workspaceId)) names.push({ roleId: role.id, workspaceId });
    for (const role of here) for (const scope of scopesIn(role, workspaceId, live)) scopes.add(scope);
  }
  return {
    isAdmin,
    isOwner,
    roles: held.map(({ slug }) => slug),
    scopes: isAdmin || isOwner ? everything : [...scopes],
    workspaceIds: live,
    workspaceRoles,
    names,
  };
}

/** Scopes of a role that counts in one workspace only, or everywhere. */
function scopesIn({ scopes }: RoleState, workspaceId: string | null, live: readonly string[]): readonly string[] {
  if (workspaceId === null) return scopes;
  if (!live.includes(workspaceId)) return [];
  return scopes.flatMap((scope) => narrow(scope, 'workspace_id', workspaceId) ?? []);
}

function endsOf({ workspace }: Pick<Log['states'], 'workspace'>, tenant: string, workspaceIds: readonly string[]) {
  return Promise.all(workspaceIds.map((id) => workspace.load(streams.workspace(tenant, id))));
}

function isLive(workspace: WorkspaceState | undefined): boolean {
  return workspace?.isActive === true;
}
