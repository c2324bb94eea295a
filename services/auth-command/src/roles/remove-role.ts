import { roleAttributes } from '@evident/caller';
import {
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type RoleObject,
  type removeRole,
} from '@evident/contracts';
import { isLivingRole, roleDecider, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { releaseSlug } from '../slugs/release-slug.ts';
import { replyWithRole } from './role-reply.ts';

type Request = RequestOf<typeof removeRole>;

const step = 'retire';

/** For ever. It stays with its holders and gives them nothing; its slug is free. */
export function createRemoveRole(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<RoleObject>> => {
    const stream = streams.role(log.tenant, uid);
    const refusal = await unlessDone(log, { stream, step }, command, () => retire(uid, command));
    if (refusal !== undefined) return { ok: false, error: refusal };
    const { lookup, claimId } = (await log.states.role.load(stream)).state;
    await releaseSlug(env, `role:${uid}`, { kind: 'role-slug', lookup, claimId }, command);
    return replyWithRole(env, uid, step, command);
  };

  async function retire(uid: string, command: Command): Promise<ReplyError | undefined> {
    const stream = streams.role(log.tenant, uid);
    const { state } = await log.states.role.load(stream);
    const isThere = isLivingRole(state);
    const missing = mayDo(command, 'delete:sso/role', isThere ? roleAttributes(uid, state) : undefined);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('role.unknown').error;
    const decision = { type: 'retire-role' } as const;
    const decided = await decideOnStream(
      env,
      { decider: roleDecider, states: log.states.role, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }
}
