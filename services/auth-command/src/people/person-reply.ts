import { personObjectOf } from '@evident/caller';
import { fail, type PersonObject, type Reply, type ReplyError, succeed } from '@evident/contracts';
import { type Person, streams } from '@evident/domain';
import { type Position, readable, streamInTurns } from '@evident/event-store';
import { evolveAccount, noAccount, type RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

export interface PersonAfterCommand {
  readonly ok: true;
  /** As the command left them, undefined where it removed them, and as they were before its first event. */
  readonly person: Person | undefined;
  readonly before: Person | undefined;
  /**
   * What the command did to them, in order; empty where it did nothing, or nothing yet. A claim that it gave back on the
   * way is nothing done: its repeat has all of it before it.
   */
  readonly own: readonly RecordedUserEvent[];
  /** Of the command's last event; where it caused none, where the log stands now. */
  readonly position: Position | undefined;
}

/**
 * The person before and after a command, folded from their own events up to the command's last, from the leader. So a
 * repeat is answered as the first was, whatever happened since. A command that did nothing leaves them as they are now.
 */
export async function personAfterCommand(
  { log, now }: Pick<CommandEnvironment, 'log' | 'now'>,
  userId: string,
  command: Command,
): Promise<PersonAfterCommand | { readonly ok: false; readonly error: ReplyError }> {
  const own: RecordedUserEvent[] = [];
  let account = noAccount;
  let before: Person | undefined;
  let after: Person | undefined;
  for await (const page of streamInTurns(log.store, streams.user(log.tenant, userId))) {
    // A long history takes its time; for who waits no more it is not read on.
    if (now() > command.deadline) return fail('deadline.passed');
    for (const stored of page) {
      const event = readable(await log.codec.decode(stored)) as unknown as RecordedUserEvent;
      const isOwn = stored.metadata.commandId === command.id && event.type !== 'user.claim-abandoned';
      if (isOwn && own.length === 0) before = account.person;
      account = evolveAccount(account, event);
      if (!isOwn) continue;
      own.push(event);
      after = account.person;
    }
  }
  const { fingerprint } = command.metadata;
  if (own.some(({ stored }) => stored.metadata.fingerprint !== fingerprint))
    return fail('request.idempotency-mismatch');
  if (own.length > 0) return { ok: true, person: after, before, own, position: own.at(-1)?.stored.position };
  return { ok: true, person: account.person, before: account.person, own, position: await log.store.lastPosition() };
}

/** The person as the command left them. */
export async function replyWithPerson(
  env: Pick<CommandEnvironment, 'log' | 'now'>,
  userId: string,
  command: Command,
): Promise<Reply<PersonObject>> {
  const after = await personAfterCommand(env, userId, command);
  if (!after.ok) return after;
  if (after.person === undefined) return fail('user.unknown');
  return succeed(await personObjectOf(env.log, userId, after.person), after.position);
}
