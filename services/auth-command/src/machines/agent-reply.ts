import type { AgentObject, ReplyError } from '@evident/contracts';
import { type AgentEvent, type AgentProfile, evolveAgentProfile, principalName, streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { profileAfterCommand } from '../profile-after-command.ts';

export type AgentAfterCommand =
  | { readonly ok: true; readonly agent: AgentObject; readonly position: Position | undefined }
  | { readonly ok: false; readonly error: ReplyError };

/** The agent as the command left it, folded from its own events up to the command's last; a removed one as it was. */
export async function agentAfterCommand(
  { log }: Pick<CommandEnvironment, 'log'>,
  agentId: string,
  step: string,
  command: Command,
): Promise<AgentAfterCommand> {
  const stream = streams.agent(log.tenant, agentId);
  const after = await profileAfterCommand(log, { stream, step, evolve, unknown: 'agent.unknown' }, command);
  return after.ok ? { ok: true, agent: agentObjectOf(agentId, after.profile), position: after.position } : after;
}

function evolve(agent: AgentProfile | undefined, event: AgentEvent, recordedAt: number): AgentProfile | undefined {
  return agent !== undefined && event.type === 'agent.removed'
    ? { ...agent, isActive: false, updatedAt: recordedAt }
    : evolveAgentProfile(agent, event, recordedAt);
}

function agentObjectOf(uid: string, { createdBy, scopes, ...members }: AgentProfile): AgentObject {
  return { uid, ...members, scopes: [...scopes], createdBy: principalName(createdBy) };
}
