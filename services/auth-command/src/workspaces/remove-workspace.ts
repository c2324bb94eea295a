import { workspaceAttributes } from '@evident/caller';
import {
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type removeWorkspace,
  type WorkspaceObject,
} from '@evident/contracts';
import { isLivingWorkspace, streams, workspaceDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { releaseSlug } from '../slugs/release-slug.ts';
import { replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof removeWorkspace>;

const step = 'remove';

/** For ever. Memberships stay with the users and give them nothing; its slug is free. */
export function createRemoveWorkspace(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const stream = streams.workspace(log.tenant, uid);
    const refusal = await unlessDone(log, { stream, step }, command, () => remove(uid, command));
    if (refusal !== undefined) return { ok: false, error: refusal };
    const { lookup, claimId } = (await log.states.workspace.load(stream)).state;
    await releaseSlug(env, `workspace:${uid}`, { kind: 'workspace-slug', lookup, claimId }, command);
    return replyWithWorkspace(env, uid, step, command);
  };

  async function remove(uid: string, command: Command): Promise<ReplyError | undefined> {
    const stream = streams.workspace(log.tenant, uid);
    const { state } = await log.states.workspace.load(stream);
    const isThere = isLivingWorkspace(state);
    const missing = mayDo(command, 'delete:sso/workspace', isThere ? workspaceAttributes(uid, state) : undefined);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('workspace.unknown').error;
    const decision = { type: 'remove-workspace' } as const;
    const decided = await decideOnStream(
      env,
      { decider: workspaceDecider, states: log.states.workspace, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }
}
