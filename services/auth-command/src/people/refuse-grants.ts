import type { ReplyError } from '@evident/contracts';
import type { UserState } from '@evident/domain';
import type { FoundGrants } from '../access/grants.ts';
import type { Command } from '../command.ts';
import { mayDo } from '../may-do.ts';

/**
 * Why a person may not be given this: nobody gives more than they have, nor takes anybody into a workspace that they may
 * not change. Of what the person has already nothing is asked.
 */
export function refuseGrants(grants: FoundGrants, state: UserState, command: Command): ReplyError | undefined {
  const { workspaces = [] } = grants.detailsFor(state);
  for (const { workspaceId } of workspaces) {
    if (state.workspaces.has(workspaceId)) continue;
    const missing = mayDo(command, 'update:sso/workspace', { uid: workspaceId, workspace_id: workspaceId });
    if (missing !== undefined) return missing;
  }
  return grants.refusalFor(state, command);
}
