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
  type UserEvent,
  type UserRejection,
  type UserState,
  userDecider,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { jsonText } from '../json-text.ts';
import type { WindowLimit } from '../limits/window-limit.ts';
import { personInQuestion } from './person-in-question.ts';
import { personAfterCommand } from './person-reply.ts';
import { isSelf } from './power.ts';

type Request = RequestOf<typeof changeProfile>;

const step = 'change-profile';

/** What a person and their administrators keep of them. One's own needs no scope, but through a key that has its own. */
export function createChangeProfile(env: CommandEnvironment, ownProfiles: WindowLimit | undefined) {
  return async (request: Request, command: Command): Promise<Reply<ProfileObject>> => {
    const { caller } = command;
    const userId = request.userId ?? (caller?.holder.kind === 'user' ? caller.holder.id : undefined);
    if (userId === undefined) return fail('user.unknown');
    const scope = request.mustBeNew === true ? 'create:sso/profile' : 'update:sso/profile';
    const isOwn = isSelf(command, userId);
    const asked = isOwn && caller?.bounds === undefined ? { ...command, caller: undefined } : command;
    const person = await personInQuestion(env, userId, scope, asked);
    // A profile is its person's own: to others who may not change it there is none (api/usso.md, "foreign objects").
    if (!person.ok) return person.error.code === 'caller.not-permitted' && !isOwn ? fail('user.unknown') : person;
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    if (earlier.own.length === 0) {
      const place = asked.caller === undefined && isOwn ? ownProfiles?.take(userId) : undefined;
      if (place?.ok === false) {
        return fail('request.too-many-attempts', { retryAfterSeconds: place.retryAfterSeconds });
      }
      const refused = await change(request, person.stream, command);
      if (refused !== undefined) return { ok: false, error: refused };
    }
    const after = await personAfterCommand(env, userId, command);
    if (!after.ok) return after;
    if (after.person === undefined) return fail('user.unknown');
    const { profile, createdAt, updatedAt } = after.person;
    return succeed({ userId, data: readJsonObject(profile), createdAt, updatedAt }, after.position);
  };

  async function change(request: Request, stream: string, command: Command): Promise<ReplyError | undefined> {
    const decision = { type: 'change-user' } as const;
    const decided = await decideOnStream(
      env,
      { decider: rulesFor(request), states: env.log.states.user, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
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
