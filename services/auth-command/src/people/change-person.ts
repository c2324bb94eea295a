import {
  type changePerson,
  fail,
  type PersonObject,
  type Reply,
  type ReplyError,
  type RequestOf,
} from '@evident/contracts';
import {
  type Decider,
  type UserCommand,
  type UserEvent,
  type UserRejection,
  type UserState,
  userDecider,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { type FoundGrants, findGrants, rejectGrants } from '../grants/find-grants.ts';
import { mayActFor } from '../power.ts';
import { checkDetails } from './details.ts';
import { personInQuestion } from './person-in-question.ts';
import { personAfterCommand, replyWithPerson } from './person-reply.ts';
import { refuseGrants } from './refuse-grants.ts';

type Request = RequestOf<typeof changePerson>;

const step = 'change-person';
const scope = 'update:sso/user';

/**
 * Changes a person, all or nothing: one decision on their own stream. What they gain and lose by it is judged on the very
 * state that they are changed from, so that nobody is given, and of nobody is taken, more than the caller has.
 */
export function createChangePerson(env: CommandEnvironment) {
  const { roster, turns } = env;

  return async (request: Request, command: Command): Promise<Reply<PersonObject>> => {
    const { uid } = request;
    const earlier = await personAfterCommand(env, uid, command);
    if (!earlier.ok) return earlier;
    // In one turn, since power that is still to be given on the roster cannot be taken there.
    const refused = await turns.take(`user ${uid}`, async () => {
      const refusal = earlier.own.length === 0 ? await change(request, command) : undefined;
      // Power is given on the roster last; a repeat of a command that stopped here goes on here.
      const isFollowed = request.isActive !== undefined || request.status !== undefined;
      if (refusal === undefined && isFollowed) await roster.follow(uid, command);
      return refusal;
    });
    return refused === undefined ? replyWithPerson(env, uid, command) : { ok: false, error: refused };
  };

  async function change(request: Request, command: Command): Promise<ReplyError | undefined> {
    const { uid, roles, scopes, workspaceRoles, workspaceIds } = request;
    const person = await personInQuestion(env, uid, scope, command);
    if (!person.ok) return person.error;
    const { stream, account } = person;
    const checked = checkDetails(request);
    if (!checked.ok) return checked.error;
    const { details } = checked;
    const isActive = details.isActive ?? (details.status === undefined ? undefined : details.status === 'active');
    const beyond =
      isActive === undefined
        ? undefined
        : await mayActFor(env.log, command, { userId: uid, user: account.user, scope });
    if (beyond !== undefined) return beyond;
    const wanted = { roles, scopes, workspaceRoles, workspaceIds };
    const grants = await findGrants(env, wanted, command, account.user);
    if (!grants.ok) return grants.error;
    // Before anything is taken on the roster; it is asked again at the decision.
    const tooMuch = refuseGrants(grants, account.user, command, scope);
    if (tooMuch !== undefined) return tooMuch;
    const suspends = isActive === false;
    const taken = suspends ? await roster.take(uid, 'suspend', command) : 'done';
    if (taken !== 'done') return fail(taken === 'contended' ? 'write.contended' : 'user.last-administrator').error;
    const decision = { type: 'change-user', ...details } as const;
    const decided = await decideOnStream(
      env,
      { decider: giving(grants, command), states: env.log.states.user, stream, step, decision },
      command,
    );
    if (decided.ok) return undefined;
    if (suspends) await roster.follow(uid, command);
    return decided.error;
  }
}

/** The rules of users, for a change that also gives what was found. */
function giving(
  grants: FoundGrants,
  command: Command,
): Decider<UserCommand, UserState, UserEvent, UserRejection | 'caller.not-permitted' | 'write.contended'> {
  return {
    ...userDecider,
    decide(change, state) {
      const refusal = refuseGrants(grants, state, command, scope);
      if (refusal !== undefined) return rejectGrants(refusal);
      const given = change.type === 'change-user' ? grants.detailsFor(state) : {};
      return userDecider.decide({ ...change, ...given }, state);
    },
  };
}
