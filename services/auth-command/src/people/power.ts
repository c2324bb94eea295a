import { everything, grantsOf, handOn } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import type { UserState } from '@evident/domain';
import type { Log } from '@evident/log';
import type { AskedCommand } from '../command.ts';

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
  return handOn(caller, (await grantsOf(states, tenant, user)).scopes);
}

/** The user themself, by whatever credential of theirs. */
export function isSelf({ caller }: AskedCommand, userId: string): boolean {
  return caller?.holder.kind === 'user' && caller.holder.id === userId;
}
