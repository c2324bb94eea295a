import {
  type changeProfile,
  fail,
  type ProfileObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
} from '@evident/contracts';
import {
  type ChangeUser,
  type Decider,
  readJsonObject,
  reject,
  streams,
  type UserEvent,
  type UserRejection,
  type UserState,
  userDecider,
} from '@evident/domain';
import type { AskedCommand, Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { jsonText } from '../json-text.ts';
import type { WindowLimit } from '../limits/window-limit.ts';
import { isSelf } from '../power.ts';
import { personInQuestion } from './person-in-question.ts';
import { personAfterCommand } from './person-reply.ts';

type Request = RequestOf<typeof changeProfile>;

const step = 'change-profile';

/** What a person and their administrators keep of them. One's own needs no scope, but through a key that has its own. */
export function createChangeProfile(env: CommandEnvironment, ownProfiles: WindowLimit | undefined) {
  return async (request: Request, command: Command): Promise<Reply<ProfileObject>> => {
    const { caller } = command;
    const userId = request.userId ?? (caller?.holder.kind === 'user' ? caller.holder.id : undefined);
    if (userId === undefined) return fail('user.unknown');
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    const refused = earlier.own.length === 0 ? await change(request, userId, command) : undefined;
    return refused === undefined ? answer(userId, command) : { ok: false, error: refused };
  };

  async function change(request: Request, userId: string, command: Command): Promise<ReplyError | undefined> {
    const isFree = isSelf(command, userId) && command.caller?.bounds === undefined;
    const missing = await mayChange(request, userId, isFree ? { caller: undefined } : command);
    if (missing !== undefined) {
      // A profile is its person's own: to others who may not change it there is none (api/usso.md, "foreign objects").
      const isHidden = missing.code === 'caller.not-permitted' && !isSelf(command, userId);
      return isHidden ? fail('user.unknown').error : missing;
    }
    const place = isFree ? ownProfiles?.take(userId) : undefined;
    if (place?.ok === false) {
      return fail('request.too-many-attempts', { retryAfterSeconds: place.retryAfterSeconds }).error;
    }
    const stream = streams.user(env.log.tenant, userId);
    const decision = { type: 'change-user' } as const;
    const decided = await decideOnStream(
      env,
      { decider: rulesFor(request), states: env.log.states.user, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }

  async function mayChange({ mustBeNew }: Request, userId: string, command: AskedCommand) {
    const scope = mustBeNew === true ? 'create:sso/profile' : 'update:sso/profile';
    const person = await personInQuestion(env, userId, scope, command);
    return person.ok ? undefined : person.error;
  }

  async function answer(userId: string, command: Command): Promise<Reply<ProfileObject>> {
    const after = await personAfterCommand(env, userId, command);
    if (!after.ok) return after;
    if (after.person === undefined) return fail('user.unknown');
    const { profile, createdAt, updatedAt } = after.person;
    return succeed({ userId, data: readJsonObject(profile), createdAt, updatedAt }, after.position);
  }
}

type ProfileRejection = UserRejection | 'user.profile-exists' | 'request.invalid';

/**
 * The rules of users for this profile, made of the very state that it is written to: of two who each change a member
 * none takes the other's change back, and of two first profiles one is the first.
 */
function rulesFor(request: Request): Decider<ChangeUser, UserState, UserEvent, ProfileRejection> {
  return {
    ...userDecider,
    decide(change, state) {
      if (request.mustBeNew === true && state.profile !== '') return reject('user.profile-exists');
      const text = jsonText(profileAfter(state, request));
      if (!text.ok) return reject('request.invalid', { field: 'profile_data', reason: text.reason });
      return userDecider.decide({ ...change, profile: text.text }, state);
    },
  };
}

/** Members that are null go; the others take the place of those of their name. */
function profileAfter({ profile }: Pick<UserState, 'profile'>, { data, merge }: Request): Record<string, unknown> {
  if (!merge) return data;
  const members = Object.entries({ ...readJsonObject(profile), ...data });
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}
