import { personObjectOf } from '@evident/caller';
import { fail, type PersonObject, type Reply, type ReplyError, succeed } from '@evident/contracts';
import { type Person, streams, type UserEvent } from '@evident/domain';
import { type EventMetadata, eventsOfCommand, type Position, readable, streamInTurns } from '@evident/event-store';
import { evolveAccount, noAccount, type RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';

export interface PersonAfterCommand {
  readonly ok: true;
  /** As the command left them, undefined where it removed them. */
  readonly person: Person | undefined;
  /**
   * What the command did to them, in order; empty where it did nothing, or nothing yet. A claim that it gave back on the
   * way is nothing done: its repeat has all of it before it.
   */
  readonly own: readonly RecordedUserEvent[];
  /** Of the command's last event; where it caused none, where the log stands now. */
  readonly position: Position | undefined;
}

export interface PersonAroundCommand extends PersonAfterCommand {
  /** As they were before the command's first event. */
  readonly before: Person | undefined;
}

type Refused = { readonly ok: false; readonly error: ReplyError };

/**
 * The person after a command, from the leader: as their own events up to the command's last left them, so that a repeat
 * is answered as the first was, whatever happened since. A command that did nothing leaves them as they are now. What it
 * costs grows with their history only where others have changed them since.
 */
export async function personAfterCommand(
  env: Pick<CommandEnvironment, 'log' | 'accounts' | 'now'>,
  userId: string,
  command: Command,
): Promise<PersonAfterCommand | Refused> {
  const { log, accounts } = env;
  const stream = streams.user(log.tenant, userId);
  const own = (await eventsOfCommand(log.store, stream, command.id)).filter(({ type }) => isDone(type));
  const last = own.at(-1);
  const { state, revision } = await accounts.load(stream);
  if (last === undefined) return { ok: true, person: state.person, own: [], position: await log.store.lastPosition() };
  if (last.revision !== revision) return personAroundCommand(env, userId, command);
  if (own.some(({ metadata }) => isOfOther(metadata, command))) return fail('request.idempotency-mismatch');
  const decoded = await Promise.all(own.map((stored) => log.codec.decode(stored)));
  const events = decoded.map((event) => readable<UserEvent>(event));
  return { ok: true, person: state.person, own: events, position: last.position };
}

/** The person before and after a command, folded from all of their own events up to the command's last. */
export async function personAroundCommand(
  { log, now }: Pick<CommandEnvironment, 'log' | 'now'>,
  userId: string,
  command: Command,
): Promise<PersonAroundCommand | Refused> {
  const own: RecordedUserEvent[] = [];
  let account = noAccount;
  let before: Person | undefined;
  let after: Person | undefined;
  for await (const page of streamInTurns(log.store, streams.user(log.tenant, userId))) {
    // A long history takes its time; for who waits no more it is not read on.
    if (now() > command.deadline) return fail('deadline.passed');
    for (const stored of page) {
      const event = readable<UserEvent>(await log.codec.decode(stored));
      const isOwn = stored.metadata.commandId === command.id && isDone(stored.type);
      if (isOwn && own.length === 0) before = account.person;
      account = evolveAccount(account, event);
      if (!isOwn) continue;
      own.push(event);
      after = account.person;
    }
  }
  if (own.some(({ stored }) => isOfOther(stored.metadata, command))) return fail('request.idempotency-mismatch');
  if (own.length > 0) return { ok: true, person: after, before, own, position: own.at(-1)?.stored.position };
  return { ok: true, person: account.person, before: account.person, own, position: await log.store.lastPosition() };
}

function isDone(type: string): boolean {
  return type !== 'user.claim-abandoned';
}

/** Another request caused it under the same id (an `Idempotency-Key` used twice). */
function isOfOther({ fingerprint }: EventMetadata, { metadata }: Command): boolean {
  return fingerprint !== metadata.fingerprint;
}

/** The person as the command left them. */
export async function replyWithPerson(
  env: Pick<CommandEnvironment, 'log' | 'accounts' | 'now'>,
  userId: string,
  command: Command,
): Promise<Reply<PersonObject>> {
  const after = await personAfterCommand(env, userId, command);
  if (!after.ok) return after;
  if (after.person === undefined) return fail('user.unknown');
  return succeed(await personObjectOf(env.log, userId, after.person), after.position);
}
