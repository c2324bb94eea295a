import type { AppendOutcome, EventStore, Expected, NewEvent } from './event-store.port.ts';

/** Told of each append when it has ended: how, how many events it wrote, how long it took, and why it failed. */
export type ObserveAppend = (
  outcome: AppendOutcome['outcome'] | 'failed',
  events: number,
  durationMs: number,
  fault?: unknown,
) => void;

/** The same store, with its appends watched. */
export function observeAppends(store: EventStore, observe: ObserveAppend): EventStore {
  const append = async (stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendOutcome> => {
    const begun = performance.now();
    try {
      const appended = await store.append(stream, events, expected);
      const written = appended.outcome === 'appended' && !appended.repeated ? events.length : 0;
      observe(appended.outcome, written, performance.now() - begun);
      return appended;
    } catch (fault) {
      observe('failed', 0, performance.now() - begun, fault);
      throw fault;
    }
  };
  return {
    get logId() {
      return store.logId;
    },
    append,
    readStream: (stream, options) => store.readStream(stream, options),
    readStreamEnd: (stream, count) => store.readStreamEnd(stream, count),
    truncateStream: (stream, before) => store.truncateStream(stream, before),
    readAll: (after, limit) => store.readAll(after, limit),
    readAllBackwards: (before, limit) => store.readAllBackwards(before, limit),
    follow: (after, options) => store.follow(after, options),
    lastPosition: () => store.lastPosition(),
    compare: (a, b) => store.compare(a, b),
    parsePosition: (text) => store.parsePosition(text),
    close: () => store.close(),
  };
}
