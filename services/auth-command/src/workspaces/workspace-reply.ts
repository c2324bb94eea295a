import { type Reply, succeed, type WorkspaceObject } from '@evident/contracts';
import { evolveWorkspaceProfile, streams, type WorkspaceEvent, type WorkspaceProfile } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { profileAfterCommand } from '../profile-after-command.ts';

/** The workspace as the command left it; as it was before, where the command removed it. */
export async function replyWithWorkspace(
  { log }: Pick<CommandEnvironment, 'log'>,
  workspaceId: string,
  step: string,
  command: Command,
): Promise<Reply<WorkspaceObject>> {
  const stream = streams.workspace(log.tenant, workspaceId);
  const after = await profileAfterCommand(log, { stream, step, evolve, unknown: 'workspace.unknown' }, command);
  return after.ok ? succeed({ uid: workspaceId, ...after.profile }, after.position) : after;
}

function evolve(
  workspace: WorkspaceProfile | undefined,
  event: WorkspaceEvent,
  recordedAt: number,
): WorkspaceProfile | undefined {
  return event.type === 'workspace.removed' ? workspace : evolveWorkspaceProfile(workspace, event, recordedAt);
}
