import {
  type Caller,
  everything,
  type Grants,
  grantsOf,
  type HeldName,
  handOn,
  personAttributes,
} from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import { streams, type UserState } from '@evident/domain';
import type { Log } from '@evident/log';
import type { AskedCommand } from './command.ts';
import { mayChangeWorkspace, mayDo } from './may-do.ts';

/** Whom somebody acts for, as they stand, and the scope for what is done. */
export interface ActedFor {
  readonly userId: string;
  readonly user: UserState;
  readonly scope: string;
}

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
  { userId, user, scope }: ActedFor,
): Promise<ReplyError | undefined> {
  if (caller === undefined) return undefined;
  // A key may be for less than its holder may do.
  if (caller.bounds === undefined && isSelf({ caller }, userId)) return undefined;
  const hasEverything = (caller.isAdmin || caller.isOwner) && caller.bounds === undefined;
  if (hasEverything) return undefined;
  const { scopes, names } = await grantsOf(states, tenant, user);
  return (
    handOn(caller, scopes) ??
    (await nameBeyond({ states, tenant }, caller, names)) ??
    membershipBeyond({ states, tenant }, caller, { userId, user, scope })
  );
}

/** Why not, where a role that is a name is neither the caller's too nor theirs to give. */
async function nameBeyond(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  caller: Caller,
  names: readonly HeldName[],
): Promise<ReplyError | undefined> {
  const overAll = mayDo({ caller }, 'update:sso/user');
  if (overAll === undefined || names.length === 0) return undefined;
  const own = (await ownGrants({ states, tenant }, caller))?.names ?? [];
  for (const { roleId, workspaceId } of names) {
    if (own.some((name) => name.roleId === roleId && name.workspaceId === workspaceId)) continue;
    if (workspaceId === null) return overAll;
    const { state } = await states.workspace.load(streams.workspace(tenant, workspaceId));
    const missing = mayChangeWorkspace({ caller }, workspaceId, state);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/**
 * Why not, where the user is in a workspace in which the caller neither is nor may do this to its members: other services
 * let somebody in for being a member. A workspace that is no more lets nobody in.
 */
async function membershipBeyond(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  caller: Caller,
  { userId, user, scope }: ActedFor,
): Promise<ReplyError | undefined> {
  const refusals = [...user.workspaces.keys()].flatMap((workspaceId) => {
    const refusal = mayDo({ caller }, scope, personAttributes(userId, [workspaceId]));
    return refusal === undefined ? [] : [{ workspaceId, refusal }];
  });
  if (refusals.length === 0) return undefined;
  const own = (await ownGrants({ states, tenant }, caller))?.workspaceIds ?? [];
  for (const { workspaceId, refusal } of refusals) {
    if (own.includes(workspaceId)) continue;
    const { state } = await states.workspace.load(streams.workspace(tenant, workspaceId));
    if (!state.removed) return refusal;
  }
  return undefined;
}

/** A key for less than its holder has carries scopes alone, and agents have neither roles nor memberships. */
async function ownGrants(
  { states, tenant }: Pick<Log, 'states' | 'tenant'>,
  { holder, bounds }: Caller,
): Promise<Pick<Grants, 'names' | 'workspaceIds'> | undefined> {
  if (holder.kind !== 'user' || bounds !== undefined) return undefined;
  const { state: user } = await states.user.load(streams.user(tenant, holder.id));
  return grantsOf(states, tenant, user);
}

/** The user themself, by whatever credential of theirs. */
export function isSelf({ caller }: AskedCommand, userId: string): boolean {
  return caller?.holder.kind === 'user' && caller.holder.id === userId;
}
