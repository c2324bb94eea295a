import { uncovered } from '@evident/authorization';
import { everything, handOn } from '@evident/caller';
import { fail, type ReplyError } from '@evident/contracts';
import {
  initialRole,
  initialUser,
  type RoleState,
  reject,
  streams,
  type UserDetails,
  type UserState,
  type WorkspaceRoles,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { mayDo } from '../may-do.ts';
import { findRolesNamed } from '../roles/find-roles.ts';
import { scopesOfRole } from '../roles/scopes-of-roles.ts';
import { findWorkspacesNamed } from '../workspaces/find-workspaces.ts';
import { scopesProblem } from './check-details.ts';

/** Roles, scopes and workspaces that somebody is to have from now on; absent members stay as they are. */
export interface WantedGrants {
  /** By slug, name or id; also below. */
  readonly roles?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** By id or slug of the workspace: the roles there, in all workspaces of the user. */
  readonly workspaceRoles?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly workspaceIds?: readonly string[] | undefined;
}

type Held = Pick<UserState, 'roleIds' | 'scopes' | 'workspaces'>;

/** Wanted grants of which each is there to be given. What a user has in workspaces is judged by who has the say there. */
export interface FoundGrants {
  /** For the decision on this user, whose present workspaces and roles there stay where nothing is said of them. */
  detailsFor(user: Held): Pick<UserDetails, 'roleIds' | 'scopes' | 'workspaces'>;
  /** Who made a workspace that was named, or that the user was in when it was looked for. */
  ownerOf(workspaceId: string): string | null;
  /** Roles that this user would get or lose, beside those in workspaces. */
  changedRoles(user: Pick<Held, 'roleIds'>): readonly RoleState[];
  /**
   * A refusal where what this user would get, or lose, reaches further than what the caller holds; `write.contended` where
   * they would lose what nobody looked at.
   */
  refusalFor(user: Held, command: Pick<Command, 'caller'>): ReplyError | undefined;
}

export type GrantsOutcome = ({ readonly ok: true } & FoundGrants) | { readonly ok: false; readonly error: ReplyError };

/**
 * Looks for all that is wanted. `grant.invalid` names the first that there is not.
 *
 * @param present the user by now. A role that they are given later and would lose is judged when it is asked again, unless
 * the caller holds everything.
 */
export async function findGrants(
  env: Pick<CommandEnvironment, 'log' | 'client' | 'now'>,
  wanted: WantedGrants,
  command: Pick<Command, 'caller' | 'deadline'>,
  present: Pick<Held, 'roleIds' | 'workspaces'> = initialUser,
): Promise<GrantsOutcome> {
  const { roles, scopes, workspaceRoles, workspaceIds } = wanted;
  const problem = scopesProblem('grant.invalid', scopes ?? []);
  if (problem !== undefined) return { ok: false, error: problem };
  const workspaces = await findWorkspacesNamed(env, [...Object.keys(workspaceRoles ?? {}), ...(workspaceIds ?? [])]);
  const noWorkspace = workspaces.unknown[0];
  if (noWorkspace !== undefined) {
    // Who has the say over some workspaces is told of the others what they are told of those that there are.
    const missing = mayDo(command, 'update:sso/workspace');
    if (missing !== undefined) return { ok: false, error: missing };
    const field = Object.hasOwn(workspaceRoles ?? {}, noWorkspace) ? 'workspace_roles' : 'workspace_ids';
    return noneOf(field, 'workspace', noWorkspace);
  }
  const found = await findRolesNamed(env, [...(roles ?? []), ...Object.values(workspaceRoles ?? {}).flat()], command);
  if (!found.ok) return found;
  const [noRole] = found.unknown;
  if (noRole !== undefined) return noneOf(roles?.includes(noRole) ? 'roles' : 'workspace_roles', 'role', noRole);

  const idsOf = (texts: readonly string[]) => texts.flatMap((text) => found.roles.get(text)?.id ?? []);
  const workspaceOf = (text: string) => workspaces.ids.get(text) ?? '';
  const inWorkspaces = new Map<string, readonly string[]>();
  for (const [text, texts] of Object.entries(workspaceRoles ?? {})) {
    const workspaceId = workspaceOf(text);
    for (const role of texts) {
      const own = found.roles.get(role)?.state.workspaceId;
      if (own !== null && own !== workspaceId) return ofAnother('workspace_roles', role);
    }
    inWorkspaces.set(workspaceId, [...(inWorkspaces.get(workspaceId) ?? []), ...idsOf(texts)]);
  }
  const byId = new Map([...found.roles.values()].map(({ id, state }) => [id, state]));
  if (roles !== undefined) {
    const others = present.roleIds.filter((id) => !byId.has(id));
    const ends = await Promise.all(others.map((id) => env.log.states.role.load(streams.role(env.log.tenant, id))));
    for (const [place, id] of others.entries()) byId.set(id, ends[place]?.state ?? initialRole);
  }
  const saysWorkspaces = workspaceRoles !== undefined || workspaceIds !== undefined;
  const inQuestion = [...workspaces.ids.values(), ...(saysWorkspaces ? present.workspaces.keys() : [])];
  const states = await loadWorkspaces(env, inQuestion);
  const parts: Parts = {
    roleIds: roles === undefined ? undefined : idsOf(roles),
    scopes,
    workspaceRoles: workspaceRoles === undefined ? undefined : inWorkspaces,
    workspaceIds: workspaceIds?.map(workspaceOf),
    ended: new Set(inQuestion.filter((id) => states.get(id)?.removed)),
  };
  return {
    ok: true,
    detailsFor: (user) => detailsFor(parts, user),
    ownerOf: (workspaceId) => states.get(workspaceId)?.ownerId ?? null,
    changedRoles({ roleIds: held }) {
      const wanted = parts.roleIds ?? held;
      const changed = [...without(wanted, held), ...without(held, wanted)];
      return changed.flatMap((id) => byId.get(id) ?? []).filter(({ defined, retired }) => defined && !retired);
    },
    refusalFor(user, { caller }) {
      if (caller === undefined) return undefined;
      const details = detailsFor(parts, user);
      const refusal = handOn(caller, [...gained(details, user, byId), ...lost(details, user, byId)]);
      if (refusal !== undefined || lostUnseen(details, user, byId).length === 0) return refusal;
      return handOn(caller, everything) === undefined ? undefined : fail('write.contended').error;
    },
  };
}

interface Parts {
  readonly roleIds: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly workspaceRoles: ReadonlyMap<string, readonly string[]> | undefined;
  readonly workspaceIds: readonly string[] | undefined;
  /** Workspaces that are no more: nobody can name them or has the say over them, and they give nothing. */
  readonly ended: ReadonlySet<string>;
}

async function loadWorkspaces({ log }: Pick<CommandEnvironment, 'log'>, ids: readonly string[]) {
  const load = async (id: string) =>
    [id, (await log.states.workspace.load(streams.workspace(log.tenant, id))).state] as const;
  return new Map(await Promise.all(ids.map(load)));
}

function detailsFor(parts: Parts, { workspaces: present }: Held) {
  const { roleIds, scopes, workspaceRoles, workspaceIds } = parts;
  return {
    ...(roleIds === undefined ? {} : { roleIds }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(workspaceRoles === undefined && workspaceIds === undefined
      ? {}
      : { workspaces: workspacesAfter(present, parts) }),
  };
}

/** Whoever says which workspaces says nothing of the roles in those that stay; whoever says which roles takes nobody out. */
function workspacesAfter(
  present: Held['workspaces'],
  { workspaceRoles, workspaceIds, ended }: Parts,
): readonly WorkspaceRoles[] {
  const stay = [...present.keys()].filter((workspaceId) => workspaceIds === undefined || ended.has(workspaceId));
  const members = new Set([...stay, ...(workspaceIds ?? []), ...(workspaceRoles?.keys() ?? [])]);
  return [...members].map((workspaceId) => {
    const said = workspaceRoles === undefined || ended.has(workspaceId) ? present : workspaceRoles;
    return { workspaceId, roleIds: said.get(workspaceId) ?? [] };
  });
}

/** The scopes of all that is new to the user. What stays as it was is not handed on by this caller. */
function gained(
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
function lost(
  { roleIds, scopes }: Pick<UserDetails, 'roleIds' | 'scopes'>,
  user: Held,
  byId: ReadonlyMap<string, RoleState>,
): readonly string[] {
  const taken = (roleId: string) => {
    const role = byId.get(roleId);
    return role?.defined && !role.retired ? scopesOfRole(role, null) : [];
  };
  return [
    ...(scopes === undefined ? [] : uncovered(user.scopes, scopes)),
    ...(roleIds === undefined ? [] : without(user.roleIds, roleIds).flatMap(taken)),
  ];
}

/** Roles that were given after the user was looked at. */
function lostUnseen(
  { roleIds }: Pick<UserDetails, 'roleIds'>,
  user: Held,
  byId: ReadonlyMap<string, RoleState>,
): readonly string[] {
  return roleIds === undefined ? [] : without(user.roleIds, roleIds).filter((roleId) => !byId.has(roleId));
}

/** The refusal of what is found to be too much on the very state that the user is changed from. */
export function rejectGrants({ code, details }: ReplyError) {
  return reject(code === 'write.contended' ? 'write.contended' : 'caller.not-permitted', details);
}

function without(all: readonly string[], others: readonly string[]): readonly string[] {
  return all.filter((one) => !others.includes(one));
}

/** Of what was typed only its kind is told where it could be anything; an id or a slug may be shown. */
function noneOf(field: string, kind: string, text: string) {
  return fail('grant.invalid', {
    details: { field, reason: `there is no ${kind} ${JSON.stringify(text)}`, unknown: text },
  });
}

function ofAnother(field: string, role: string) {
  return fail('grant.invalid', {
    details: { field, reason: `the role ${JSON.stringify(role)} is of another workspace`, unknown: role },
  });
}
