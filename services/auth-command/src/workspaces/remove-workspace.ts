import { workspaceAttributes } from '@evident/caller';
import { fail, type Reply, type RequestOf, type removeWorkspace, type WorkspaceObject } from '@evident/contracts';
import { streams, type WorkspaceEvent, workspaceDecider } from '@evident/domain';
import { releaseSlug } from '../access/release-slug.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { findOwnWork } from '../own-work.ts';
import { replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof removeWorkspace>;

const step = 'remove';

/** For ever. Memberships stay with the users and give them nothing; its slug is free. */
export function createRemoveWorkspace(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const stream = streams.workspace(log.tenant, uid);
    const { own } = await findOwnWork<WorkspaceEvent>(log, stream, step, command);
    const { state } = await log.states.workspace.load(stream);
    const isThere = state.created && (!state.removed || own.length > 0);
    const missing = mayDo(command, 'delete:sso/workspace', isThere ? workspaceAttributes(uid, state) : undefined);
    if (missing !== undefined) return { ok: false, error: missing };
    if (!isThere) return fail('workspace.unknown');
    const decision = { type: 'remove-workspace' } as const;
    const decided = await decideOnStream(
      env,
      { decider: workspaceDecider, states: log.states.workspace, stream, step, decision },
      command,
    );
    if (!decided.ok) return decided;
    const { lookup, claimId } = state;
    await releaseSlug(env, `workspace:${uid}`, { kind: 'workspace-slug', lookup, claimId }, command);
    return replyWithWorkspace(env, uid, step, command);
  };
}
