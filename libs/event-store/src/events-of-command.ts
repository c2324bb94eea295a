import type { EventStore, StoredEvent } from './event-store.port.ts';
import { timeOfId } from './ordered-id.ts';
import { streamInTurns } from './stream-in-turns.ts';

type Streams = Pick<EventStore, 'readStream' | 'readStreamEnd'>;

/** Events looked at first: more than most commands leave. Then as many at a time, backwards. */
const endSize = 16;
const pageSize = 64;
/** The clocks of who received a command and of who recorded its events differ by less, in milliseconds. */
const skewMs = 5_000;

/**
 * What a command has left on a stream, in order, from the leader; not decoded. Where the command's id begins with the
 * time at which it was received (ADR 29), only the events since are read, so that a long history costs nothing. Others,
 * made of a key that the client may send again after a year, are looked for in the whole stream.
 */
export async function eventsOfCommand(
  store: Streams,
  stream: string,
  commandId: string,
): Promise<readonly StoredEvent[]> {
  const received = timeOfId(commandId);
  const pages = received === undefined ? streamInTurns(store, stream) : eventsSince(store, stream, received - skewMs);
  const own: StoredEvent[][] = [];
  for await (const page of pages) own.push(page.filter(({ metadata }) => metadata.commandId === commandId));
  return (received === undefined ? own : own.reverse()).flat();
}

/** Pages of a stream from its end backwards, each in revision order, to the one with the first event since then. */
async function* eventsSince(store: Streams, stream: string, time: number): AsyncGenerator<readonly StoredEvent[]> {
  let page = await store.readStreamEnd(stream, endSize);
  for (;;) {
    const [oldest] = page;
    if (oldest === undefined) return;
    yield page;
    if (oldest.revision === 0 || oldest.recordedAt < time) return;
    const from = Math.max(0, oldest.revision - pageSize);
    // Empty where the beginning of the stream was let go.
    page = await store.readStream(stream, { from, limit: oldest.revision - from });
    page = page.filter(({ revision }) => revision < oldest.revision);
  }
}
