import { workspaceAttributes } from '@evident/caller';
import { type changeWorkspace, fail, type Reply, type RequestOf, type WorkspaceObject } from '@evident/contracts';
import { type ChangeWorkspace, streams, workspaceDecider } from '@evident/domain';
import { firstProblem, titleChecks, workspaceChecks } from '../access/check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { given } from '../given.ts';
import { mayDo } from '../may-do.ts';
import { replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof changeWorkspace>;

const step = 'change';

/** Changes a workspace; absent members stay as they are. */
export function createChangeWorkspace(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid, ...members }: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const stream = streams.workspace(log.tenant, uid);
    const { state } = await log.states.workspace.load(stream);
    const isThere = state.created && !state.removed;
    const missing = mayDo(command, 'update:sso/workspace', isThere ? workspaceAttributes(uid, state) : undefined);
    if (missing !== undefined) return { ok: false, error: missing };
    if (!isThere) return fail('workspace.unknown');
    const problem = firstProblem('workspace.invalid', [...titleChecks(members), ...workspaceChecks(members)]);
    if (problem !== undefined) return { ok: false, error: problem };
    const decision: ChangeWorkspace = { type: 'change-workspace', ...given(members) };
    const decided = await decideOnStream(env, { decider: workspaceDecider, stream, step, decision }, command);
    return decided.ok ? replyWithWorkspace(env, uid, step, command) : decided;
  };
}
