import { type Attributes, permit, workspaceAttributes } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import type { WorkspaceState } from '@evident/domain';
import type { AskedCommand } from './command.ts';

/**
 * Undefined where the command's caller may do this to an object with these attributes, else the refusal. Of an object
 * that there is not the attributes are undefined: who may do it to all then learns that it is unknown, anybody else
 * that the scope is missing, as for a real one. The program itself and the operator at its machine may do all.
 */
export function mayDo({ caller }: AskedCommand, scope: string, attributes?: Attributes): ReplyError | undefined {
  return caller === undefined ? undefined : permit(caller, scope, attributes);
}

/** Undefined where the command's caller has the say over this workspace, and so over who is in it and as what. */
export function mayChangeWorkspace(
  command: AskedCommand,
  workspaceId: string,
  workspace: Pick<WorkspaceState, 'ownerId'>,
): ReplyError | undefined {
  return mayDo(command, 'update:sso/workspace', workspaceAttributes(workspaceId, workspace));
}
