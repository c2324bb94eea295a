import { workspaceAttributes } from '@evident/caller';
import {
  fail,
  type MembershipObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  type removeMember,
} from '@evident/contracts';
import { isLivingWorkspace, streams, userDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { replyWithMembership } from './membership-reply.ts';

type Request = RequestOf<typeof removeMember>;

const step = 'leave';

/** Takes a user out of a workspace. */
export function createRemoveMember(env: CommandEnvironment) {
  const { log, accounts } = env;

  return async ({ workspaceId, userId }: Request, command: Command): Promise<Reply<MembershipObject>> => {
    const stream = streams.user(log.tenant, userId);
    const refusal = await unlessDone(log, { stream, step }, command, () => remove(workspaceId, userId, command));
    if (refusal !== undefined) return { ok: false, error: refusal };
    return replyWithMembership(env, { workspaceId, userId, step }, command);
  };

  async function remove(workspaceId: string, userId: string, command: Command): Promise<ReplyError | undefined> {
    const { state } = await log.states.workspace.load(streams.workspace(log.tenant, workspaceId));
    const isThere = isLivingWorkspace(state);
    const attributes = isThere ? workspaceAttributes(workspaceId, state) : undefined;
    const missing = mayDo(command, 'update:sso/workspace', attributes);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('workspace.unknown').error;
    const stream = streams.user(log.tenant, userId);
    const { user } = (await accounts.load(stream)).state;
    if (!user.workspaces.has(workspaceId)) return fail('workspace.member-unknown').error;
    const decision = { type: 'leave-workspace', workspaceId } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }
}
