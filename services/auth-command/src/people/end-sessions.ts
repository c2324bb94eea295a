import { type Caller, refuseSession } from '@evident/caller';
import { type endSessions, fail, type Reply, type RequestOf, succeed, type ValueOf } from '@evident/contracts';
import { isLivingUser, streams, type UserEvent, userDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { findOwnWork } from '../own-work.ts';

type Request = RequestOf<typeof endSessions>;
type Value = ValueOf<typeof endSessions>;

const step = 'end-sessions';

/** Raises the security generation, which every session and token of the user carries. */
export function createEndSessions(env: CommandEnvironment) {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<Value>> => {
    const { caller } = command;
    const userId = request.userId ?? caller?.holder.id ?? '';
    const refusal = caller === undefined ? undefined : refuseSession(caller, 'delete:sso/session', userId);
    if (refusal !== undefined) return { ok: false, error: refusal };
    const stream = streams.user(log.tenant, userId);
    const { state } = await log.states.user.load(stream);
    if (!isLivingUser(state)) {
      // A repeat is answered as the first was, also once the user is gone.
      const { own } = await findOwnWork<UserEvent>(log, stream, step, command);
      if (own.length === 0) return fail('user.unknown');
    }
    // One's own end with the generation that was looked at when the command was opened: said twice, they end once.
    const generation = isOwn(caller, userId) ? caller.generation : state.generation;
    const decision = { type: 'end-sessions', generation } as const;
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step, decision },
      command,
    );
    return decided.ok ? succeed({ userId }, decided.accepted.position) : decided;
  };
}

/** Not with a key, which has only the scopes that it was given. */
function isOwn(caller: Caller | undefined, userId: string): caller is Caller {
  return caller?.actor === `user:${userId}`;
}
