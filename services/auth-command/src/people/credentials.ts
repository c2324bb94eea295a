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
import { type Decider, streams, type UserCommand, type UserEvent, type UserState, userDecider } from '@evident/domain';
import type { AskedCommand, Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { unlessDone } from '../own-work.ts';
import { isSelf, mayActFor } from '../power.ts';
import { checkPasswordOf, hashPasswordOf, ownPasswordRules } from './new-password-of.ts';
import { personInQuestion } from './person-in-question.ts';
import { type PersonAfterCommand, personAfterCommand, personAroundCommand } from './person-reply.ts';

type AddRequest = RequestOf<typeof addCredential>;
type RemoveRequest = RequestOf<typeof removeCredential>;

const scope = 'create:sso/credential';
const removal = 'delete:sso/credential';
const removalStep = 'remove-credential';

/**
 * A password for somebody, in place of one that they may have. Not for oneself where there is one: whoever found a
 * token would keep the account with it, so that takes the old password.
 */
export function createAddCredential(env: CommandEnvironment) {
  return async (request: AddRequest, command: Command): Promise<Reply<PersonCredentialObject>> => {
    const { userId } = request;
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    const refused = earlier.own.length === 0 ? await setPassword(env, request, command) : undefined;
    if (refused !== undefined) return { ok: false, error: refused };
    const after = await personAfterCommand(env, userId, command);
    return after.ok ? credentialIn(userId, after.person, after) : after;
  };
}

async function setPassword(
  env: CommandEnvironment,
  { userId, secret }: AddRequest,
  command: Command,
): Promise<ReplyError | undefined> {
  const person = await personInQuestion(env, userId, scope, command);
  if (!person.ok) return person.error;
  const { user } = person.account;
  // Before the hash: what was done to them while it was computed is not taken back.
  const rules = isSelf(command, userId) ? ownPasswordRules(command.caller) : userDecider;
  const refused = await mayActFor(env.log, command, { userId, user, scope });
  if (refused !== undefined) return refused;
  if (isSelf(command, userId) && user.passwordHash !== '') return fail('user.credential-exists').error;
  const checked = await checkPasswordOf(env, user, secret);
  if (!checked.ok) return checked.error;
  const hashed = await hashPasswordOf(env, { userId, prepared: checked.prepared }, command, (asked) =>
    maySetPassword(env, userId, asked),
  );
  if (!hashed.ok) return hashed.error;
  const decision: UserCommand = { type: 'change-user', passwordHash: hashed.sealed };
  return decide(env, person.stream, 'add-credential', decision, command, rules);
}

/**
 * The user signs in with it no longer; their sessions end. Answers it as it was. The roster decides whether an
 * administrator may lose theirs, and counts them again afterwards: they are one still.
 */
export function createRemoveCredential(env: CommandEnvironment) {
  const { log, accounts, roster, turns } = env;

  return async (request: RemoveRequest, command: Command): Promise<Reply<PersonCredentialObject>> =>
    turns.take(`user ${request.userId}`, async () => {
      const { userId } = request;
      const stream = streams.user(log.tenant, userId);
      const place = { stream, step: removalStep };
      const refused = await unlessDone(log, place, command, () => takePassword(env, request, command));
      if (refused !== undefined) return { ok: false, error: refused };
      // Also where it was taken already: the try before may have ended between the two.
      if ((await accounts.load(stream)).state.user.isAdmin) await roster.follow(userId, command);
      const after = await personAroundCommand(env, userId, command);
      return after.ok ? credentialIn(userId, after.before, after) : after;
    });
}

async function takePassword(
  env: CommandEnvironment,
  { userId, credentialId }: RemoveRequest,
  command: Command,
): Promise<ReplyError | undefined> {
  const found = await personInQuestion(env, userId, removal, command);
  if (!found.ok) return found.error;
  const { user, person } = found.account;
  const [present] = person === undefined ? [] : credentialsOf(userId, person);
  if (present?.id !== credentialId) return fail('user.credential-unknown').error;
  const refused = await mayActFor(env.log, command, { userId, user, scope: removal });
  if (refused !== undefined) return refused;
  const taken = user.isAdmin && user.isActive ? await env.roster.take(userId, 'suspend', command) : 'done';
  if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator').error;
  const refusal = await decide(env, found.stream, removalStep, { type: 'remove-password' }, command);
  if (refusal !== undefined && user.isAdmin) await env.roster.follow(userId, command);
  return refusal;
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
