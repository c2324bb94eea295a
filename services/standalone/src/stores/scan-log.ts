import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventStore, EventStoreFault, type StoredEvent } from '@evident/event-store';

const page = 1000;

/** Reads the whole log in position order, page by page, each in a turn of its own: memory is that of one page. */
export async function* scanLog(store: EventStore): AsyncGenerator<readonly StoredEvent[]> {
  let last: StoredEvent | undefined;
  for (;;) {
    const events = await store.readAll(last?.position, page);
    if ('outcome' in events) throw new EventStoreFault('log-changed', 'the log was replaced while it was read');
    if (events.length === 0) return;
    yield events;
    last = events.at(-1);
    // A signal is heard between turns of the event loop only.
    await nextTurn();
    // A log that is written to is never at its end: what was added since is the next command's business.
    if (events.length < page) return;
  }
}
