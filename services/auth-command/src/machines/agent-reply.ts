import { type AgentObject, fail, type ReplyError } from '@evident/contracts';
import { type AgentEvent, type AgentProfile, evolveAgentProfile, principalName, streams } from '@evident/domain';
import type { Position, StoredEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { ownHistory } from '../own-work.ts';

type RecordedAgentEvent = AgentEvent & { readonly stored: StoredEvent };

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
  const work = await ownHistory<RecordedAgentEvent>(log, streams.agent(log.tenant, agentId), step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  let profile: AgentProfile | undefined;
  for (const event of work.history) {
    const { recordedAt } = event.stored;
    const removed = event.type === 'agent.removed' && profile;
    profile = removed
      ? { ...removed, isActive: false, updatedAt: recordedAt }
      : evolveAgentProfile(profile, event, recordedAt);
  }
  if (profile === undefined) return fail('agent.unknown');
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  return { ok: true, agent: agentObjectOf(agentId, profile), position };
}

function agentObjectOf(uid: string, { createdBy, scopes, ...members }: AgentProfile): AgentObject {
  return { uid, ...members, scopes: [...scopes], createdBy: principalName(createdBy) };
}
