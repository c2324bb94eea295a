import { everything, handOn, workspaceAttributes } from '@evident/caller';
import {
  type changeWorkspace,
  fail,
  given,
  type Reply,
  type ReplyError,
  type RequestOf,
  type WorkspaceObject,
} from '@evident/contracts';
import {
  type ChangeWorkspace,
  type Decider,
  isLivingWorkspace,
  reject,
  streams,
  type WorkspaceEvent,
  type WorkspaceState,
  workspaceDecider,
} from '@evident/domain';
import { firstProblem, titleChecks, workspaceChecks } from '../check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { scopesWithin } from '../grants/scopes-of-roles.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof changeWorkspace>;
type Members = Omit<Request, 'uid'>;

const step = 'change';

/** Changes a workspace; absent members stay as they are. Whoever switches it on again has to hold everything in it. */
export function createChangeWorkspace(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid, ...members }: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const stream = streams.workspace(log.tenant, uid);
    const refusal = await unlessDone(log, { stream, step }, command, () => change(uid, members, command));
    return refusal === undefined ? replyWithWorkspace(env, uid, step, command) : { ok: false, error: refusal };
  };

  async function change(uid: string, members: Members, command: Command): Promise<ReplyError | undefined> {
    const stream = streams.workspace(log.tenant, uid);
    const { state } = await log.states.workspace.load(stream);
    const isThere = isLivingWorkspace(state);
    const missing = mayDo(command, 'update:sso/workspace', isThere ? workspaceAttributes(uid, state) : undefined);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('workspace.unknown').error;
    const problem = firstProblem('workspace.invalid', [...titleChecks(members), ...workspaceChecks(members)]);
    if (problem !== undefined) return problem;
    const decision: ChangeWorkspace = { type: 'change-workspace', ...given(members) };
    const decided = await decideOnStream(
      env,
      { decider: within(uid, command), states: log.states.workspace, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }
}

type WorkspaceCodes =
  | Extract<ReturnType<typeof workspaceDecider.decide>, { accepted: false }>['code']
  | 'caller.not-permitted';

/**
 * The rules of workspaces for this caller, judged on the very state that the change is made to. A workspace that is
 * switched on again gives all its members what they have in it, and who they are is no matter of its own stream.
 */
function within(
  uid: string,
  { caller }: Command,
): Decider<ChangeWorkspace, WorkspaceState, WorkspaceEvent, WorkspaceCodes> {
  return {
    ...workspaceDecider,
    decide(change, state) {
      const wakes = change.isActive === true && !state.isActive;
      const refusal = wakes && caller !== undefined ? handOn(caller, scopesWithin(everything, uid)) : undefined;
      return refusal === undefined
        ? workspaceDecider.decide(change, state)
        : reject('caller.not-permitted', refusal.details);
    },
  };
}
