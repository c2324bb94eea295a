import { type ErrorCodeName, fail, type ReplyError } from '@evident/contracts';
import type { DomainEvent } from '@evident/domain';
import type { Position, RecordedEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Command } from './command.ts';
import { ownHistory } from './own-work.ts';

export interface ProfileOnStream<Profile, Event extends DomainEvent> {
  readonly stream: string;
  readonly step: string;
  /** The profile after an event; undefined where there is no such object, or none any more. */
  evolve(profile: Profile | undefined, event: Event, recordedAt: number): Profile | undefined;
  /** What is told where there is no profile. */
  readonly unknown: ErrorCodeName;
}

export interface ProfileAfterCommand<Profile, Event extends DomainEvent> {
  readonly ok: true;
  readonly profile: Profile;
  /** What the command did on the stream, in order; empty where it was already so. */
  readonly own: readonly RecordedEvent<Event>[];
  /** Of the command's last event; where it caused none, where the log stands now. */
  readonly position: Position | undefined;
}

/**
 * An object as one step of a command left it, from the leader: folded from the stream up to the command's last event, so
 * that a repeat is answered as the first was, whatever happened since.
 */
export async function profileAfterCommand<Profile, Event extends DomainEvent>(
  log: Pick<Log, 'store' | 'codec'>,
  { stream, step, evolve, unknown }: ProfileOnStream<Profile, Event>,
  command: Command,
): Promise<ProfileAfterCommand<Profile, Event> | { readonly ok: false; readonly error: ReplyError }> {
  const { history, own, ofOtherRequest } = await ownHistory<Event>(log, stream, step, command);
  if (ofOtherRequest) return fail('request.idempotency-mismatch');
  let profile: Profile | undefined;
  for (const event of history) profile = evolve(profile, event, event.stored.recordedAt);
  if (profile === undefined) return fail(unknown);
  return { ok: true, profile, own, position: own.at(-1)?.stored.position ?? (await log.store.lastPosition()) };
}
