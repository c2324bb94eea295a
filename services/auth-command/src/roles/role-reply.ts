import { type Reply, type RoleObject, succeed } from '@evident/contracts';
import { evolveRoleProfile, type RoleEvent, type RoleProfile, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { profileAfterCommand } from '../profile-after-command.ts';

/** The role as the command left it; as it was before, where the command retired it. */
export async function replyWithRole(
  { log }: Pick<CommandEnvironment, 'log'>,
  roleId: string,
  step: string,
  command: Command,
): Promise<Reply<RoleObject>> {
  const stream = streams.role(log.tenant, roleId);
  const after = await profileAfterCommand(log, { stream, step, evolve, unknown: 'role.unknown' }, command);
  return after.ok ? succeed(roleObjectOf(roleId, after.profile), after.position) : after;
}

function evolve(role: RoleProfile | undefined, event: RoleEvent, recordedAt: number): RoleProfile | undefined {
  return event.type === 'role.retired' ? role : evolveRoleProfile(role, event, recordedAt);
}

function roleObjectOf(roleId: string, { scopes, ...profile }: RoleProfile): RoleObject {
  return { uid: roleId, ...profile, scopes: [...scopes] };
}
