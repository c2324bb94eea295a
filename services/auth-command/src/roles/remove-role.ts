import { roleAttributes } from '@evident/caller';
import { fail, type Reply, type RequestOf, type RoleObject, type removeRole } from '@evident/contracts';
import { type RoleEvent, roleDecider, streams } from '@evident/domain';
import { releaseSlug } from '../access/release-slug.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { findOwnWork } from '../own-work.ts';
import { replyWithRole } from './role-reply.ts';

type Request = RequestOf<typeof removeRole>;

const step = 'retire';

/** For ever. It stays with its holders and gives them nothing; its slug is free. */
export function createRemoveRole(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<RoleObject>> => {
    const stream = streams.role(log.tenant, uid);
    const { own } = await findOwnWork<RoleEvent>(log, stream, step, command);
    const { state } = await log.states.role.load(stream);
    const isThere = state.defined && (!state.retired || own.length > 0);
    const missing = mayDo(command, 'delete:sso/role', isThere ? roleAttributes(uid, state) : undefined);
    if (missing !== undefined) return { ok: false, error: missing };
    if (!isThere) return fail('role.unknown');
    const decision = { type: 'retire-role' } as const;
    const decided = await decideOnStream(
      env,
      { decider: roleDecider, states: log.states.role, stream, step, decision },
      command,
    );
    if (!decided.ok) return decided;
    const { lookup, claimId } = state;
    await releaseSlug(env, `role:${uid}`, { kind: 'role-slug', lookup, claimId }, command);
    return replyWithRole(env, uid, step, command);
  };
}
