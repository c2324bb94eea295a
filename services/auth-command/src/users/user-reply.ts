import { fail, type Reply, succeed, type UserObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { type Account, evolveAccount, noAccount, type RecordedUserEvent, userObjectOf } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { findOwnWork, ownHistory } from '../own-work.ts';

/** The user as the command left it: as the user's own events up to the command's last made it. */
export async function replyWithUser(
  { log, accounts }: Pick<CommandEnvironment, 'log' | 'accounts'>,
  userId: string,
  step: string,
  command: Command,
): Promise<Reply<UserObject>> {
  const stream = streams.user(log.tenant, userId);
  const { own, ofOtherRequest } = await findOwnWork<RecordedUserEvent>(log, stream, step, command);
  if (ofOtherRequest) return fail('request.idempotency-mismatch');
  const last = own.at(-1)?.stored;
  const { state, revision } = await accounts.load(stream);
  const isNow = last === undefined || last.revision === revision;
  const { person } = isNow ? state : await accountAfter(log, stream, step, command);
  if (person === undefined) return fail('user.unknown');
  // A change that changed nothing is visible wherever the log stands now.
  return succeed(userObjectOf(userId, person), last?.position ?? (await log.store.lastPosition()));
}

/** Where others have changed the user since. */
async function accountAfter(
  log: CommandEnvironment['log'],
  stream: string,
  step: string,
  command: Command,
): Promise<Account> {
  const { history } = await ownHistory<RecordedUserEvent>(log, stream, step, command);
  return history.reduce(evolveAccount, noAccount);
}
