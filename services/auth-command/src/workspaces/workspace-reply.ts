import { fail, type Reply, succeed, type WorkspaceObject } from '@evident/contracts';
import { evolveWorkspaceProfile, streams, type WorkspaceEvent, type WorkspaceProfile } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { ownHistory } from '../own-work.ts';

export type RecordedWorkspaceEvent = WorkspaceEvent & { readonly stored: StoredEvent };

/** The workspace as the command left it; as it was before, where the command removed it. */
export async function replyWithWorkspace(
  { log }: Pick<CommandEnvironment, 'log'>,
  workspaceId: string,
  step: string,
  command: Command,
): Promise<Reply<WorkspaceObject>> {
  const stream = streams.workspace(log.tenant, workspaceId);
  const work = await ownHistory<RecordedWorkspaceEvent>(log, stream, step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const profile = profileOf(work.history);
  if (profile === undefined) return fail('workspace.unknown');
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  return succeed({ uid: workspaceId, ...profile }, position);
}

function profileOf(history: readonly RecordedWorkspaceEvent[]): WorkspaceProfile | undefined {
  const lived = history.at(-1)?.type === 'workspace.removed' ? history.slice(0, -1) : history;
  return lived.reduce<WorkspaceProfile | undefined>(
    (profile, event) => evolveWorkspaceProfile(profile, event, event.stored.recordedAt),
    undefined,
  );
}
