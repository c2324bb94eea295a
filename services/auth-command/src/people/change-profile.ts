import {
  type changeProfile,
  fail,
  type ProfileObject,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
} from '@evident/contracts';
import { readJsonObject, type UserState, userDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { jsonText } from './details.ts';
import { personInQuestion } from './person-in-question.ts';
import { personAfterCommand } from './person-reply.ts';
import { isSelf } from './power.ts';

type Request = RequestOf<typeof changeProfile>;

const step = 'change-profile';

/** What a person and their administrators keep of them. One's own needs no scope, but through a key that has its own. */
export function createChangeProfile(env: CommandEnvironment) {
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
      const refused = await change(request, person.stream, person.account.user, command);
      if (refused !== undefined) return { ok: false, error: refused };
    }
    const after = await personAfterCommand(env, userId, command);
    if (!after.ok) return after;
    if (after.person === undefined) return fail('user.unknown');
    const { profile, createdAt, updatedAt } = after.person;
    return succeed({ userId, data: readJsonObject(profile), createdAt, updatedAt }, after.position);
  };

  async function change(
    request: Request,
    stream: string,
    user: UserState,
    command: Command,
  ): Promise<ReplyError | undefined> {
    if (request.mustBeNew === true && user.profile !== '') return fail('user.profile-exists').error;
    const text = jsonText(profileAfter(user, request));
    if (!text.ok) return fail('request.invalid', { details: { field: 'profile_data', reason: text.reason } }).error;
    // Of two who each change a member none takes the other's change back.
    const decider: typeof userDecider = {
      ...userDecider,
      decide: (change, state) => userDecider.decide({ ...change, ...textAfter(state, request) }, state),
    };
    const decision = { type: 'change-user' } as const;
    const decided = await decideOnStream(env, { decider, stream, step, decision }, command);
    return decided.ok ? undefined : decided.error;
  }
}

function textAfter(state: UserState, request: Request) {
  const text = jsonText(profileAfter(state, request));
  return text.ok ? { profile: text.text } : {};
}

/** Members that are null go; the others take the place of those of their name. */
function profileAfter({ profile }: Pick<UserState, 'profile'>, { data, merge }: Request): Record<string, unknown> {
  if (!merge) return data;
  const members = Object.entries({ ...readJsonObject(profile), ...data });
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}
