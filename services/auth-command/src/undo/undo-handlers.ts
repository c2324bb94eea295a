import type { RequestContext, RequestOf, undoChanges } from '@evident/contracts';
import type { AuthCommand } from '../auth-command.ts';
import type { CommandGate } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { permitted } from '../permitted.ts';
import { createUndoChanges, type Undoing } from './undo-changes.ts';

type Request = RequestOf<typeof undoChanges>;
type Commands = Omit<AuthCommand, 'undoChanges'>;

/** Undo, by the very handlers that answer the commands which it gives. */
export function createUndo(
  { log, now }: Pick<CommandEnvironment, 'log' | 'now'>,
  gate: CommandGate,
  commands: Commands,
): AuthCommand['undoChanges'] {
  const undo = createUndoChanges({ log, now, handlers: handlersOf(commands) });
  const said = ({ selection, events, apply }: Request) => ({ ...(selection ?? { events }), apply });
  const permission = { name: 'undo-changes', scope: 'manage:evident/audit', said };
  return (request, context: RequestContext) =>
    permitted(gate, permission, (asked: typeof request, command) => undo(asked, context, command))(request, context);
}

function handlersOf(commands: Commands): Undoing['handlers'] {
  return {
    'add-member': commands.addMember,
    'assign-app': commands.assignApp,
    'change-agent': commands.changeAgent,
    'change-app': commands.changeApp,
    'change-person': commands.changePerson,
    'change-profile': commands.changeProfile,
    'change-role': commands.changeRole,
    'change-user': commands.changeUser,
    'change-webhook': commands.operations.changeWebhook,
    'change-workspace': commands.changeWorkspace,
    'pause-webhook': commands.operations.pauseWebhook,
    'remove-agent': commands.removeAgent,
    'remove-app': commands.removeApp,
    'remove-member': commands.removeMember,
    'remove-person': commands.removePerson,
    'remove-role': commands.removeRole,
    'remove-webhook': commands.operations.removeWebhook,
    'remove-workspace': commands.removeWorkspace,
    'resume-webhook': commands.operations.resumeWebhook,
    'unassign-app': commands.unassignApp,
  };
}
