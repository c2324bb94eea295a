import { withoutSession } from '@evident/caller';
import { type changeOwnPassword, type Reply, type RequestContext, type RequestOf, succeed } from '@evident/contracts';
import { streams } from '@evident/domain';
import { attemptInPerson } from '../attempts/sign-in-attempt.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import type { SignInUseCases } from '../sign-in/create-sign-in.ts';
import { checkPasswordOf, hashPasswordOf, ownPasswordRules } from './new-password-of.ts';
import { personAfterCommand } from './person-reply.ts';

type Request = RequestOf<typeof changeOwnPassword>;

const step = 'change-own-password';

/** A new password for who knows the old one. Ends every session of the user, the one that asks too. */
export function createChangeOwnPassword(env: CommandEnvironment, proveOneself: SignInUseCases['proveOneself']) {
  const { log, accounts } = env;

  return async (
    { oldPassword, newPassword }: Request,
    command: Command,
    context: RequestContext,
  ): Promise<Reply<Record<string, never>>> => {
    const { caller } = command;
    // A key is no way to a password, and an agent has none.
    if (caller?.holder.kind !== 'user' || caller.sessionId === undefined) return withoutSession();
    const userId = caller.holder.id;
    const earlier = await personAfterCommand(env, userId, command);
    if (!earlier.ok) return earlier;
    const stream = streams.user(log.tenant, userId);
    if (earlier.own.length === 0) {
      const { user } = (await accounts.load(stream)).state;
      // First: once the old one is known to be right, its event is that it was changed.
      const checked = await checkPasswordOf(env, user, newPassword);
      if (!checked.ok) return checked;
      const typed = { purpose: 'session', username: '', password: oldPassword } as const;
      const wrong = await proveOneself(attemptInPerson(log.lookup, typed, context), userId);
      if (wrong !== undefined) return { ok: false, error: wrong };
      const hashed = await hashPasswordOf(env, { userId, prepared: checked.prepared }, command);
      if (!hashed.ok) return hashed;
      const decision = { type: 'change-user', passwordHash: hashed.sealed } as const;
      const decider = ownPasswordRules(caller);
      const decided = await decideOnStream(env, { decider, states: log.states.user, stream, step, decision }, command);
      if (!decided.ok) return decided;
    }
    const after = await personAfterCommand(env, userId, command);
    return after.ok ? succeed({}, after.position) : after;
  };
}
