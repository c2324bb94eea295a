import type { ReplyError } from '@evident/contracts';
import { primaryIdentifier, type UserState } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

export interface WantedPassword {
  readonly userId: string;
  readonly user: UserState;
  readonly password: string;
}

/** Holds a new password of a user against the policy, hashes it, and asks again whether the caller may. */
export async function hashNewPassword(
  { newPasswords }: Pick<CommandEnvironment, 'newPasswords'>,
  { userId, user, password }: WantedPassword,
  command: Command,
): Promise<{ readonly ok: true; readonly sealed: string } | { readonly ok: false; readonly error: ReplyError }> {
  const shown = (kind: 'username' | 'email') => primaryIdentifier(user.identifiers, kind)?.value ?? '';
  const checked = await newPasswords.check(password, { username: shown('username'), email: shown('email') });
  if (!checked.ok) return checked;
  const hashed = await newPasswords.hash(userId, checked.prepared);
  if (!hashed.ok) return hashed;
  const refusal = await command.stillPermitted();
  return refusal === undefined ? hashed : { ok: false, error: refusal };
}
