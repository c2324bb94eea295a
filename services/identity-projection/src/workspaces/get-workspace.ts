import { type Caller, permit } from '@evident/caller';
import { fail, type getWorkspace } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { readFor } from '../reading/read-for.ts';
import type { Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { listedWorkspaces, workspaceObjectOf } from './listed-workspaces.ts';

const scope = 'read:sso/workspace';
const isMember = ({ workspaceIds }: Caller, uid: string) => workspaceIds.includes(uid);

/** Members read their own; who lacks the scope for another is told so, whether there is one or not. */
export function createGetWorkspace(reading: Reading): MessageHandler<typeof getWorkspace> {
  return ({ uid }, context) =>
    readFor(
      reading,
      context,
      (caller) => (isMember(caller, uid) ? undefined : refusalOf(caller, scope)),
      async (caller) => {
        const row = await reading.store.get(listedWorkspaces.view, uid);
        const attributes = row && listedWorkspaces.attributesOf(uid, row);
        const refusal = isMember(caller, uid) ? undefined : permit(caller, scope, attributes);
        if (refusal !== undefined) return { error: refusal };
        if (reading.directory.isParked('workspaces', streams.workspace(reading.tenant, uid)))
          return fail('read.parked');
        return row === undefined ? fail('workspace.unknown') : { found: workspaceObjectOf(uid, row) };
      },
    );
}
