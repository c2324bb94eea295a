import type { Caller } from '@evident/caller';
import type { ReplyError } from '@evident/contracts';
import {
  type Decider,
  primaryIdentifier,
  reject,
  type UserCommand,
  type UserEvent,
  type UserRejection,
  type UserState,
  userDecider,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

type Env = Pick<CommandEnvironment, 'newPasswords'>;

/** Holds a new password of a user against the policy. */
export function checkPasswordOf({ newPasswords }: Env, user: Pick<UserState, 'identifiers'>, password: string) {
  const shown = (kind: 'username' | 'email') => primaryIdentifier(user.identifiers, kind)?.value ?? '';
  return newPasswords.check(password, { username: shown('username'), email: shown('email') });
}

/** Hashes a password that keeps the policy, and asks again whether the caller may, `ask` included. */
export async function hashPasswordOf(
  { newPasswords }: Env,
  { userId, prepared }: { readonly userId: string; readonly prepared: string },
  command: Command,
  ask?: Parameters<Command['stillPermitted']>[0],
): Promise<{ readonly ok: true; readonly sealed: string } | { readonly ok: false; readonly error: ReplyError }> {
  const hashed = await newPasswords.hash(userId, prepared);
  if (!hashed.ok) return hashed;
  const refusal = await command.stillPermitted(ask);
  return refusal === undefined ? hashed : { ok: false, error: refusal };
}

/**
 * The rules of users for a password that its user sets: judged on the very state that it is set in, so that whoever is
 * disabled or given another password at the last moment does not take it back.
 */
export function ownPasswordRules(
  caller: Pick<Caller, 'generation'> | undefined,
): Decider<UserCommand, UserState, UserEvent, UserRejection | 'caller.bad-credential'> {
  return {
    ...userDecider,
    decide: (command, state) =>
      caller?.generation === state.generation ? userDecider.decide(command, state) : reject('caller.bad-credential'),
  };
}
