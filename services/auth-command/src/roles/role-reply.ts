import { fail, type Reply, type RoleObject, succeed } from '@evident/contracts';
import { evolveRoleProfile, type RoleEvent, type RoleProfile, streams } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { ownHistory } from '../own-work.ts';

export type RecordedRoleEvent = RoleEvent & { readonly stored: StoredEvent };

/** The role as the command left it; as it was before, where the command retired it. */
export async function replyWithRole(
  { log }: Pick<CommandEnvironment, 'log'>,
  roleId: string,
  step: string,
  command: Command,
): Promise<Reply<RoleObject>> {
  const work = await ownHistory<RecordedRoleEvent>(log, streams.role(log.tenant, roleId), step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const profile = profileOf(work.history);
  if (profile === undefined) return fail('role.unknown');
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  return succeed(roleObjectOf(roleId, profile), position);
}

function profileOf(history: readonly RecordedRoleEvent[]): RoleProfile | undefined {
  const lived = history.at(-1)?.type === 'role.retired' ? history.slice(0, -1) : history;
  return lived.reduce<RoleProfile | undefined>(
    (profile, event) => evolveRoleProfile(profile, event, event.stored.recordedAt),
    undefined,
  );
}

function roleObjectOf(roleId: string, { scopes, ...profile }: RoleProfile): RoleObject {
  return { uid: roleId, ...profile, scopes: [...scopes] };
}
