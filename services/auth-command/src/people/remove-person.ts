import { personObjectOf } from '@evident/caller';
import {
  fail,
  type PersonObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  type removePerson,
  succeed,
} from '@evident/contracts';
import { streams, userDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { unlessDone } from '../own-work.ts';
import { mayActFor } from '../power.ts';
import { personInQuestion } from './person-in-question.ts';
import { type PersonAroundCommand, personAroundCommand } from './person-reply.ts';

type Request = RequestOf<typeof removePerson>;

const step = 'remove-person';
const scope = 'delete:sso/user';

/** For ever; the identifiers stay reserved. Answers the person as they were. The roster decides whether an administrator may go. */
export function createRemovePerson(env: CommandEnvironment) {
  const { log, roster, turns } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<PersonObject>> =>
    turns.take(`user ${uid}`, async () => {
      const stream = streams.user(log.tenant, uid);
      const refused = await unlessDone(log, { stream, step }, command, () => remove(uid, command));
      if (refused !== undefined) return { ok: false, error: refused };
      await roster.follow(uid, command);
      const after = await personAroundCommand(env, uid, command);
      return after.ok ? asBefore(uid, after) : after;
    });

  async function remove(uid: string, command: Command): Promise<ReplyError | undefined> {
    const person = await personInQuestion(env, uid, scope, command);
    if (!person.ok) return person.error;
    const { stream, account } = person;
    const beyond = await mayActFor(log, command, { userId: uid, user: account.user, scope });
    if (beyond !== undefined) return beyond;
    const taken = await roster.take(uid, 'revoke', command);
    if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator').error;
    const decision = { type: 'remove-user' } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    if (decided.ok) return undefined;
    await roster.follow(uid, command);
    return decided.error;
  }

  async function asBefore(uid: string, { before, position }: PersonAroundCommand): Promise<Reply<PersonObject>> {
    if (before === undefined) return fail('user.unknown');
    return succeed(await personObjectOf(log, uid, before), position);
  }
}
