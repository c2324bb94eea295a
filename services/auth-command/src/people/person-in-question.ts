import { personAttributes } from '@evident/caller';
import { fail, type ReplyError } from '@evident/contracts';
import { isLivingUser, streams } from '@evident/domain';
import type { Account } from '../accounts.ts';
import type { AskedCommand } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { mayDo } from '../may-do.ts';

export type PersonInQuestion =
  | { readonly ok: true; readonly stream: string; readonly account: Account }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * The person that a command is about, where its caller may do this to them. Who may not is told the same of people that
 * there are and of those that there are not.
 */
export async function personInQuestion(
  { log, accounts }: Pick<CommandEnvironment, 'log' | 'accounts'>,
  userId: string,
  scope: string,
  command: AskedCommand,
): Promise<PersonInQuestion> {
  const stream = streams.user(log.tenant, userId);
  const account = (await accounts.load(stream)).state;
  const { user } = account;
  const isThere = isLivingUser(user);
  const attributes = isThere ? personAttributes(userId, user.workspaces.keys()) : undefined;
  const missing = mayDo(command, scope, attributes);
  if (missing !== undefined) return { ok: false, error: missing };
  return attributes === undefined ? fail('user.unknown') : { ok: true, stream, account };
}
