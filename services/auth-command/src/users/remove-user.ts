import { fail, type Reply, type RequestOf, type removeUser, succeed } from '@evident/contracts';
import { isLivingUser, streams, userDecider } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';
import { findOwnWork } from '../own-work.ts';
import { mayActFor } from '../power.ts';

type Request = RequestOf<typeof removeUser>;

const step = 'remove';

/** For ever. Name and address stay reserved. The roster decides whether an administrator may go. */
export function createRemoveUser(env: CommandEnvironment) {
  const { log, accounts, roster, turns } = env;

  return async ({ id }: Request, command: Command): Promise<Reply<Record<string, never>>> => {
    const userId = await resolveNumber(log, 'user', id);
    if (userId === undefined) return fail('user.unknown');
    return turns.take(`user ${userId}`, () => remove(userId, command));
  };

  async function remove(userId: string, command: Command): Promise<Reply<Record<string, never>>> {
    const stream = streams.user(log.tenant, userId);
    const { user } = (await accounts.load(stream)).state;
    const { own } = await findOwnWork<RecordedUserEvent>(log, stream, step, command);
    if (own.length === 0) {
      if (!isLivingUser(user)) return fail('user.unknown');
      const beyond = await mayActFor(log, command, { userId, user, scope: 'delete:sso/user' });
      if (beyond !== undefined) return { ok: false, error: beyond };
      const taken = await roster.take(userId, 'revoke', command);
      if (taken === 'last-administrator') return fail('user.last-administrator');
      if (taken === 'contended') return fail('write.contended');
    }
    const decision = { type: 'remove-user' } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    await roster.follow(userId, command);
    return decided.ok ? succeed({}, decided.accepted.position) : decided;
  }
}
