import { type Caller, everything, grantsOf, type HeldName, handOn } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import { streams, type UserState } from '@evident/domain';
import type { Log } from '@evident/log';
import type { AskedCommand } from '../command.ts';
import { mayChangeWorkspace, mayDo } from '../may-do.ts';

/** Undefined where the caller may make somebody an administrator: who has everything already. */
export function mayGivePower({ caller }: AskedCommand): ReplyError | undefined {
  return caller === undefined ? undefined : handOn(caller, everything);
}

/**
 * Undefined where nothing that the user holds is beyond the caller. Who sets another's password or address can sign in
 * as them, and who disables them takes their power: both are for those only who have as much themselves.
 */
export async function mayActFor(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  { caller }: AskedCommand,
  userId: string,
  user: UserState,
): Promise<ReplyError | undefined> {
  if (caller === undefined) return undefined;
  // A key may be for less than its holder may do.
  if (caller.bounds === undefined && isSelf({ caller }, userId)) return undefined;
  const hasEverything = (caller.isAdmin || caller.isOwner) && caller.bounds === undefined;
  if (hasEverything) return undefined;
  const { scopes, names } = await grantsOf(states, tenant, user);
  return handOn(caller, scopes) ?? nameBeyond({ states, tenant }, caller, names);
}

/** Why not, where a role that is a name is neither the caller's too nor theirs to give. */
async function nameBeyond(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  caller: Caller,
  names: readonly HeldName[],
): Promise<ReplyError | undefined> {
  const overAll = mayDo({ caller }, 'update:sso/user');
  if (overAll === undefined || names.length === 0) return undefined;
  const own = await ownNames({ states, tenant }, caller);
  for (const { roleId, workspaceId } of names) {
    if (own.some((name) => name.roleId === roleId && name.workspaceId === workspaceId)) continue;
    if (workspaceId === null) return overAll;
    const { state } = await states.workspace.load(streams.workspace(tenant, workspaceId));
    const missing = mayChangeWorkspace({ caller }, workspaceId, state);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** A key for less than its holder has carries scopes alone, and agents have no roles. */
async function ownNames(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  { holder, bounds }: Caller,
): Promise<readonly HeldName[]> {
  if (holder.kind !== 'user' || bounds !== undefined) return [];
  const { state: user } = await states.user.load(streams.user(tenant, holder.id));
  return (await grantsOf(states, tenant, user)).names;
}

/** The user themself, by whatever credential of theirs. */
export function isSelf({ caller }: AskedCommand, userId: string): boolean {
  return caller?.holder.kind === 'user' && caller.holder.id === userId;
}
