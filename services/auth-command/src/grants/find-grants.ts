import { everything, handOn } from '@evident/caller';
import { fail, type ReplyError } from '@evident/contracts';
import {
  initialRole,
  initialUser,
  isLivingRole,
  type RoleState,
  reject,
  streams,
  type UserDetails,
  type WorkspaceRoles,
} from '@evident/domain';
import { scopesProblem } from '../check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { mayDo } from '../may-do.ts';
import { type Held, rolesLostUnseen, scopesGained, scopesLost, without } from './changed-power.ts';
import { type FoundRole, findRolesNamed } from './find-roles.ts';
import { findWorkspacesNamed } from './find-workspaces.ts';

/** Roles, scopes and workspaces that somebody is to have from now on; absent members stay as they are. */
export interface WantedGrants {
  /** By slug, name or id; also below. */
  readonly roles?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** By id or slug of the workspace: the roles there, in all workspaces of the user. */
  readonly workspaceRoles?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly workspaceIds?: readonly string[] | undefined;
}

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
 * Looks for all that is wanted. `grant.invalid` names the first that there is not, or that is a name of several.
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
  const [noWorkspace] = workspaces.unknown;
  if (noWorkspace !== undefined) return unknownWorkspace(wanted, noWorkspace, command);
  const found = await findRolesNamed(env, [...(roles ?? []), ...Object.values(workspaceRoles ?? {}).flat()], command);
  if (!found.ok) return found;
  const fieldOf = (role: string) => (roles?.includes(role) ? 'roles' : 'workspace_roles');
  const [noRole] = found.unknown;
  if (noRole !== undefined) return noneOf(fieldOf(noRole), 'role', noRole);
  const [several] = found.ambiguous;
  if (several !== undefined) return severalOf(fieldOf(several), several);
  const inWorkspaces = rolesByWorkspace(workspaceRoles ?? {}, workspaces.ids, found.roles);
  if (!inWorkspaces.ok) return inWorkspaces;

  const saysWorkspaces = workspaceRoles !== undefined || workspaceIds !== undefined;
  const inQuestion = [...workspaces.ids.values(), ...(saysWorkspaces ? present.workspaces.keys() : [])];
  const states = await loadWorkspaces(env, inQuestion);
  const parts: Parts = {
    roleIds: roles === undefined ? undefined : idsOf(roles, found.roles),
    scopes,
    workspaceRoles: workspaceRoles === undefined ? undefined : inWorkspaces.roleIds,
    workspaceIds: workspaceIds?.map((text) => workspaces.ids.get(text) ?? ''),
    ended: new Set(inQuestion.filter((id) => states.get(id)?.removed)),
  };
  const byId = await rolesById(env, found.roles, roles === undefined ? [] : present.roleIds);
  return { ok: true, ...foundGrants(parts, byId), ownerOf: (workspaceId) => states.get(workspaceId)?.ownerId ?? null };
}

function foundGrants(parts: Parts, byId: ReadonlyMap<string, RoleState>): Omit<FoundGrants, 'ownerOf'> {
  return {
    detailsFor: (user) => detailsFor(parts, user),
    changedRoles({ roleIds: held }) {
      const wanted = parts.roleIds ?? held;
      const changed = [...without(wanted, held), ...without(held, wanted)];
      return changed.flatMap((id) => byId.get(id) ?? []).filter(isLivingRole);
    },
    refusalFor(user, { caller }) {
      if (caller === undefined) return undefined;
      const details = detailsFor(parts, user);
      const refusal = handOn(caller, [...scopesGained(details, user, byId), ...scopesLost(details, user, byId)]);
      if (refusal !== undefined || rolesLostUnseen(details, user, byId).length === 0) return refusal;
      return handOn(caller, everything) === undefined ? undefined : fail('write.contended').error;
    },
  };
}

/** Who has the say over some workspaces is told of the others what they are told of those that there are. */
function unknownWorkspace({ workspaceRoles = {} }: WantedGrants, text: string, command: Pick<Command, 'caller'>) {
  const missing = mayDo(command, 'update:sso/workspace');
  if (missing !== undefined) return { ok: false, error: missing } as const;
  return noneOf(Object.hasOwn(workspaceRoles, text) ? 'workspace_roles' : 'workspace_ids', 'workspace', text);
}

/** By what was typed. */
type RolesFound = ReadonlyMap<string, FoundRole>;

function idsOf(texts: readonly string[], roles: RolesFound): readonly string[] {
  return texts.flatMap((text) => roles.get(text)?.id ?? []);
}

/** Two texts may name one workspace: what both say counts. A role of one workspace gives nothing in another. */
function rolesByWorkspace(
  wanted: Readonly<Record<string, readonly string[]>>,
  workspaceIds: ReadonlyMap<string, string>,
  roles: RolesFound,
) {
  const roleIds = new Map<string, readonly string[]>();
  for (const [text, texts] of Object.entries(wanted)) {
    const workspaceId = workspaceIds.get(text) ?? '';
    for (const role of texts) {
      const own = roles.get(role)?.state.workspaceId;
      if (own !== null && own !== workspaceId) return ofAnother('workspace_roles', role);
    }
    roleIds.set(workspaceId, [...(roleIds.get(workspaceId) ?? []), ...idsOf(texts, roles)]);
  }
  return { ok: true, roleIds } as const;
}

/** The roles that were found, and those of these ids that were not named. */
async function rolesById({ log }: Pick<CommandEnvironment, 'log'>, roles: RolesFound, ids: readonly string[]) {
  const byId = new Map([...roles.values()].map(({ id, state }) => [id, state]));
  const others = ids.filter((id) => !byId.has(id));
  const ends = await Promise.all(others.map((id) => log.states.role.load(streams.role(log.tenant, id))));
  for (const [place, id] of others.entries()) byId.set(id, ends[place]?.state ?? initialRole);
  return byId;
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

/** The refusal of what is found to be too much on the very state that the user is changed from. */
export function rejectGrants({ code, details }: ReplyError) {
  return reject(code === 'write.contended' ? 'write.contended' : 'caller.not-permitted', details);
}

/** Of what was typed only its kind is told where it could be anything; an id or a slug may be shown. */
function noneOf(field: string, kind: string, text: string) {
  return fail('grant.invalid', {
    details: { field, reason: `there is no ${kind} ${JSON.stringify(text)}`, unknown: text },
  });
}

function severalOf(field: string, name: string) {
  const reason = `several roles have the name ${JSON.stringify(name)}: give the id of one`;
  return fail('grant.invalid', { details: { field, reason, unknown: name } });
}

function ofAnother(field: string, role: string) {
  return fail('grant.invalid', {
    details: { field, reason: `the role ${JSON.stringify(role)} is of another workspace`, unknown: role },
  });
}
