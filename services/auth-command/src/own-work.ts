import { fail, type ReplyError } from '@evident/contracts';
import type { DomainEvent } from '@evident/domain';
import { eventId, eventsOfCommand, type RecordedEvent, readable } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Command } from './command.ts';

/** What a stream holds of one step of a command. */
export interface OwnWork<Event extends DomainEvent> {
  /** The command's own events, in order; empty where it caused none yet. */
  readonly own: readonly RecordedEvent<Event>[];
  /** The events are there, and another request caused them under the same id (an `Idempotency-Key` used twice). */
  readonly ofOtherRequest: boolean;
}

export interface OwnHistory<Event extends DomainEvent> extends OwnWork<Event> {
  /** The stream as the command left it: up to its last event, or whole where it caused none. */
  readonly history: readonly RecordedEvent<Event>[];
}

/** Looks for the work of an earlier attempt of this command, or of a rival one at the same moment. From the leader. */
export async function findOwnWork<Event extends DomainEvent>(
  { store, codec }: Pick<Log, 'store' | 'codec'>,
  stream: string,
  step: string,
  command: Pick<Command, 'id' | 'metadata'>,
): Promise<OwnWork<Event>> {
  const own: RecordedEvent<Event>[] = [];
  for (const stored of await eventsOfCommand(store, stream, command.id)) {
    if (stored.id !== eventId(command.id, stream, step, own.length)) continue;
    own.push(readable<Event>(await codec.decode(stored)));
  }
  return { own, ofOtherRequest: isOfOther(own, command) };
}

/**
 * Does the step unless another attempt of this command has done it: then nothing is asked again of what it was about,
 * which may be gone since. Undefined where it is done, else why not.
 */
export async function unlessDone(
  log: Pick<Log, 'store' | 'codec'>,
  { stream, step }: { readonly stream: string; readonly step: string },
  command: Command,
  act: () => Promise<ReplyError | undefined>,
): Promise<ReplyError | undefined> {
  const { own, ofOtherRequest } = await findOwnWork(log, stream, step, command);
  if (ofOtherRequest) return fail('request.idempotency-mismatch').error;
  if (own.length > 0) return undefined;
  const refusal = await act();
  if (refusal === undefined) return undefined;
  // What it was about may be gone because another attempt did the step while this one looked.
  const { own: meanwhile } = await findOwnWork(log, stream, step, command);
  return meanwhile.length > 0 ? undefined : refusal;
}

/**
 * The same with all that the stream holds up to it. It answers a repeat: the object as its own events left it, whatever
 * happened to it since.
 */
export async function ownHistory<Event extends DomainEvent>(
  { store, codec }: Pick<Log, 'store' | 'codec'>,
  stream: string,
  step: string,
  command: Pick<Command, 'id' | 'metadata'>,
): Promise<OwnHistory<Event>> {
  const history: RecordedEvent<Event>[] = [];
  const own: RecordedEvent<Event>[] = [];
  let end = 0;
  for (const stored of await store.readStream(stream)) {
    const event = readable<Event>(await codec.decode(stored));
    history.push(event);
    if (stored.id !== eventId(command.id, stream, step, own.length)) continue;
    own.push(event);
    end = history.length;
  }
  return { history: own.length === 0 ? history : history.slice(0, end), own, ofOtherRequest: isOfOther(own, command) };
}

function isOfOther(own: readonly RecordedEvent<DomainEvent>[], { metadata }: Pick<Command, 'metadata'>): boolean {
  return own.some(({ stored }) => stored.metadata.fingerprint !== metadata.fingerprint);
}
