import { fail, type Reply, succeed, type UserObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { type Account, evolveAccount, noAccount, type RecordedUserEvent, userObjectOf } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { findOwnWork, type OwnWork } from '../own-work.ts';

/** The user as the command left it, folded from the user's own events up to the command's last. */
export async function replyWithUser(
  { log }: Pick<CommandEnvironment, 'log'>,
  userId: string,
  step: string,
  command: Command,
): Promise<Reply<UserObject>> {
  const work = await findOwnWork<RecordedUserEvent>(log, streams.user(log.tenant, userId), step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const { person } = accountAfter(work);
  if (person === undefined) return fail('user.unknown');
  // A change that changed nothing is visible wherever the log stands now.
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  return succeed(userObjectOf(userId, person), position);
}

export function accountAfter({ history }: OwnWork<RecordedUserEvent>): Account {
  return history.reduce(evolveAccount, noAccount);
}
