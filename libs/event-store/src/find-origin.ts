import { type EventStore, EventStoreFault, type Position } from './event-store.port.ts';

const page = 1_000;

/**
 * Where in this log stands the event that stood at `origin` in the log that this one is a copy of; undefined where it is
 * no copy of that log, or that event was never copied. Reads the log from its end, in the memory of one page.
 */
export async function findOrigin(
  store: Pick<EventStore, 'readAllBackwards'>,
  origin: Position,
): Promise<Position | undefined> {
  let before: Position | undefined;
  for (;;) {
    const events = await store.readAllBackwards(before, page);
    if ('outcome' in events) throw new EventStoreFault('log-changed', 'the log was replaced while it was searched');
    const found = events.find((event) => event.origin === origin);
    if (found !== undefined) return found.position;
    if (events.length < page) return undefined;
    before = events.at(-1)?.position;
  }
}
