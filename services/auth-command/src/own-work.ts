import type { DomainEvent } from '@evident/domain';
import { eventId, readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Command } from './command.ts';

/** What a stream holds of one step of a command. */
export interface OwnWork<Event> {
  /** The stream as the command left it: up to its last event, or whole where it caused none. */
  readonly history: readonly Event[];
  /** The command's own events, in order; empty where it caused none yet. */
  readonly own: readonly Event[];
  /** The events are there, and another request caused them under the same id (an `Idempotency-Key` used twice). */
  readonly ofOtherRequest: boolean;
}

/**
 * Looks for the work of an earlier attempt of this command, or of a rival one at the same moment. From the leader.
 * What it finds answers a repeat: the object as its own events left it, whatever happened to it since.
 */
export async function findOwnWork<Event extends DomainEvent & { readonly stored: StoredEvent }>(
  { store, codec }: Pick<Log, 'store' | 'codec'>,
  stream: string,
  step: string,
  command: Pick<Command, 'id' | 'metadata'>,
): Promise<OwnWork<Event>> {
  const history: Event[] = [];
  const own: Event[] = [];
  let end = 0;
  for (const stored of await store.readStream(stream)) {
    const event = readable(await codec.decode(stored)) as unknown as Event;
    history.push(event);
    if (stored.id !== eventId(command.id, stream, step, own.length)) continue;
    own.push(event);
    end = history.length;
  }
  const ofOtherRequest = own.some(({ stored }) => stored.metadata.fingerprint !== command.metadata.fingerprint);
  return { history: own.length === 0 ? history : history.slice(0, end), own, ofOtherRequest };
}
