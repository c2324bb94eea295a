import { fail, findRoles, type ReplyError } from '@evident/contracts';
import { checkSlug, isLivingRole, type RoleState, streams } from '@evident/domain';
import { randomUuid } from '@evident/runtime';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

/** A role as the leader has it now. */
export interface FoundRole {
  readonly id: string;
  readonly state: RoleState;
}

export type FoundRoles =
  | {
      readonly ok: true;
      /** By the text that was given. */
      readonly roles: ReadonlyMap<string, FoundRole>;
      /** What names no role. */
      readonly unknown: readonly string[];
      /** Names that several roles have. */
      readonly ambiguous: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly error: ReplyError };

const uuid = /^(?:role_)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const askPatienceMs = 2_000;
/** As many as the query takes. */
const mostNames = 512;

/**
 * Roles by id (`role_` may stand before it), slug or name, in this order. Rows say which roles have a name; whether
 * they have it now is judged on the leader, as all else is.
 */
export async function findRolesNamed(
  env: Pick<CommandEnvironment, 'log' | 'client' | 'now'>,
  references: readonly string[],
  command: Pick<Command, 'deadline'>,
): Promise<FoundRoles> {
  const each = [...new Set(references)];
  const found = await Promise.all(each.map((text) => byIdOrSlug(env, text)));
  const roles = new Map(
    each.flatMap((text, place) => (found[place] === undefined ? [] : [[text, found[place]] as const])),
  );
  const names = each.filter((text) => !roles.has(text));
  if (names.length === 0) return { ok: true, roles, unknown: [], ambiguous: new Set() };
  if (names.length > mostNames) {
    // Only the roles of many workspaces come to so many.
    const reason = `names more than ${mostNames} roles by neither id nor slug`;
    return fail('grant.invalid', { details: { field: 'workspace_roles', reason } });
  }
  const named = await byName(env, names, command.deadline);
  if (!named.ok) return named;
  const ambiguous = new Set<string>();
  for (const name of names) {
    const [only, another] = named.roles.filter(({ state }) => state.name === name);
    if (another !== undefined) ambiguous.add(name);
    else if (only !== undefined) roles.set(name, only);
  }
  return { ok: true, roles, unknown: names.filter((name) => !roles.has(name) && !ambiguous.has(name)), ambiguous };
}

async function byIdOrSlug(env: Pick<CommandEnvironment, 'log'>, text: string): Promise<FoundRole | undefined> {
  const id = uuid.exec(text)?.[1];
  const role = id === undefined ? undefined : await load(env, id.toLowerCase());
  return role ?? bySlug(env, text);
}

async function bySlug(env: Pick<CommandEnvironment, 'log'>, text: string): Promise<FoundRole | undefined> {
  const { log } = env;
  if (!checkSlug(text).ok) return undefined;
  const reservation = streams.reservation(log.tenant, 'role-slug', log.lookup.hash('role-slug', text));
  const { current } = (await log.states.reservation.load(reservation)).state;
  const role = current === undefined ? undefined : await load(env, current.holder);
  return role?.state.slug === text ? role : undefined;
}

async function byName(
  env: Pick<CommandEnvironment, 'log' | 'client' | 'now'>,
  names: readonly string[],
  deadline: number,
): Promise<{ ok: true; roles: readonly FoundRole[] } | { ok: false; error: ReplyError }> {
  const { log, client, now } = env;
  const id = randomUuid();
  const context = {
    tenant: log.tenant,
    deadline: Math.min(deadline, now() + askPatienceMs),
    correlationId: id,
    commandId: id,
  };
  const reply = await client.request(findRoles, { names: [...names] }, context);
  if (!reply.ok) return reply;
  const roles = await Promise.all(reply.value.uids.map((uid) => load(env, uid)));
  return { ok: true, roles: roles.flatMap((role) => role ?? []) };
}

/** Undefined where it was never defined or is no more. */
async function load({ log }: Pick<CommandEnvironment, 'log'>, id: string): Promise<FoundRole | undefined> {
  const { state } = await log.states.role.load(streams.role(log.tenant, id));
  return isLivingRole(state) ? { id, state } : undefined;
}
