import { workspaceAttributes } from '@evident/caller';
import { fail, type MembershipObject, type Reply, type RequestOf, type removeMember } from '@evident/contracts';
import { isLivingWorkspace, streams, userDecider } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { findOwnWork } from '../own-work.ts';
import { replyWithMembership } from './membership-reply.ts';

type Request = RequestOf<typeof removeMember>;

const step = 'leave';

/** Takes a user out of a workspace. */
export function createRemoveMember(env: CommandEnvironment) {
  const { log, accounts } = env;

  return async ({ workspaceId, userId }: Request, command: Command): Promise<Reply<MembershipObject>> => {
    const { state } = await log.states.workspace.load(streams.workspace(log.tenant, workspaceId));
    const isThere = isLivingWorkspace(state);
    const attributes = isThere ? workspaceAttributes(workspaceId, state) : undefined;
    const missing = mayDo(command, 'update:sso/workspace', attributes);
    if (missing !== undefined) return { ok: false, error: missing };
    if (!isThere) return fail('workspace.unknown');
    const stream = streams.user(log.tenant, userId);
    const { own } = await findOwnWork<RecordedUserEvent>(log, stream, step, command);
    const { user } = (await accounts.load(stream)).state;
    if (own.length === 0 && (user.removed || !user.workspaces.has(workspaceId))) {
      return fail('workspace.member-unknown');
    }
    const decision = { type: 'leave-workspace', workspaceId } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    return decided.ok ? replyWithMembership(env, { workspaceId, userId, step }, command) : decided;
  };
}
