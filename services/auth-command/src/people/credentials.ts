import { credentialsOf } from '@evident/caller';
import {
  type addCredential,
  fail,
  type PersonCredentialObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  type removeCredential,
  succeed,
} from '@evident/contracts';
import { type Decider, type UserCommand, type UserEvent, type UserState, userDecider } from '@evident/domain';
import type { AskedCommand, Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { checkPasswordOf, hashPasswordOf, ownPasswordRules } from './new-password-of.ts';
import { type PersonInQuestion, personInQuestion } from './person-in-question.ts';
import { type PersonAfterCommand, personAfterCommand, personAroundCommand } from './person-reply.ts';
import { isSelf, mayActFor } from './power.ts';

const scope = 'create:sso/credential';
const removal = 'delete:sso/credential';

/**
 * A password for somebody, in place of one that they may have. Not for oneself where there is one: whoever found a
 * token would keep the account with it, so that takes the old password.
 */
export function createAddCredential(env: CommandEnvironment) {
  return async (
    { userId, secret }: RequestOf<typeof addCredential>,
    command: Command,
  ): Promise<Reply<PersonCredentialObject>> => {
    const person = await personInQuestion(env, userId, scope, command);
    if (!person.ok) return person;
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    if (earlier.own.length === 0) {
      const { user } = person.account;
      const refused = await mayActFor(env.log, command, { userId, user, scope });
      if (refused !== undefined) return { ok: false, error: refused };
      if (isSelf(command, userId) && user.passwordHash !== '') return fail('user.credential-exists');
      const checked = await checkPasswordOf(env, user, secret);
      if (!checked.ok) return checked;
      const hashed = await hashPasswordOf(env, { userId, prepared: checked.prepared }, command, (asked) =>
        maySetPassword(env, userId, asked),
      );
      if (!hashed.ok) return hashed;
      const decision: UserCommand = { type: 'change-user', passwordHash: hashed.sealed };
      const rules = isSelf(command, userId) ? ownPasswordRules(command.caller) : userDecider;
      const decided = await decide(env, person.stream, 'add-credential', decision, command, rules);
      if (decided !== undefined) return { ok: false, error: decided };
    }
    const after = await personAfterCommand(env, userId, command);
    return after.ok ? credentialIn(userId, after.person, after) : after;
  };
}

/**
 * The user signs in with it no longer; their sessions end. Answers it as it was. The roster decides whether an
 * administrator may lose theirs, and counts them again afterwards: they are one still.
 */
export function createRemoveCredential(env: CommandEnvironment) {
  return async (
    { userId, credentialId }: RequestOf<typeof removeCredential>,
    command: Command,
  ): Promise<Reply<PersonCredentialObject>> =>
    env.turns.take(`user ${userId}`, async () => {
      const person = await personInQuestion(env, userId, removal, command);
      if (!person.ok) return person;
      const earlier = await personAroundCommand(env, userId, command);
      if (!earlier.ok) return earlier;
      const [present] = earlier.before === undefined ? [] : credentialsOf(userId, earlier.before);
      if (present?.id !== credentialId) return fail('user.credential-unknown');
      const refused = earlier.own.length > 0 ? undefined : await takePassword(env, userId, person, command);
      // Also where it was taken already: the try before may have ended between the two.
      if (person.account.user.isAdmin) await env.roster.follow(userId, command);
      if (refused !== undefined) return { ok: false, error: refused };
      const after = await personAroundCommand(env, userId, command);
      return after.ok ? credentialIn(userId, after.before, after) : after;
    });
}

async function takePassword(
  env: CommandEnvironment,
  userId: string,
  { account: { user }, stream }: Extract<PersonInQuestion, { ok: true }>,
  command: Command,
): Promise<ReplyError | undefined> {
  const refused = await mayActFor(env.log, command, { userId, user, scope: removal });
  if (refused !== undefined) return refused;
  const taken = user.isAdmin && user.isActive ? await env.roster.take(userId, 'suspend', command) : 'done';
  if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator').error;
  return decide(env, stream, 'remove-credential', { type: 'remove-password' }, command);
}

/** Asked of the caller as they stand once the hash was computed. */
async function maySetPassword(
  env: CommandEnvironment,
  userId: string,
  asked: AskedCommand,
): Promise<ReplyError | undefined> {
  const person = await personInQuestion(env, userId, scope, asked);
  return person.ok ? mayActFor(env.log, asked, { userId, user: person.account.user, scope }) : person.error;
}

async function decide(
  env: CommandEnvironment,
  stream: string,
  step: string,
  decision: UserCommand,
  command: Command,
  decider: Decider<UserCommand, UserState, UserEvent, string> = userDecider,
): Promise<ReplyError | undefined> {
  const decided = await decideOnStream(env, { decider, states: env.log.states.user, stream, step, decision }, command);
  return decided.ok ? undefined : decided.error;
}

function credentialIn(
  userId: string,
  person: PersonAfterCommand['person'],
  { position }: PersonAfterCommand,
): Reply<PersonCredentialObject> {
  const [credential] = person === undefined ? [] : credentialsOf(userId, person);
  return credential === undefined ? fail('user.credential-unknown') : succeed(credential, position);
}
