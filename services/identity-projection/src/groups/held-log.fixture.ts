import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';

export interface HeldLog {
  /** What a service gets in place of the log. */
  readonly through: (log: Log) => Log;
  /** From now on followers get nothing, as if they were slow or stopped; appends and reads go on. */
  hold(): void;
  release(): void;
  /** From now on the leader does not answer. */
  cutOff(): void;
  /** Resolves when the leader has been asked for its head once more, and what that caused has had its turn. */
  headRead(): Promise<void>;
}

/** A log whose followers can be held back and whose leader can be cut off. */
export function heldLog(): HeldLog {
  let gate = Promise.withResolvers<void>();
  let isAway = false;
  let asked = Promise.withResolvers<void>();
  gate.resolve();

  async function* held(events: AsyncIterable<readonly StoredEvent[]>) {
    for await (const batch of events) {
      await gate.promise;
      yield batch;
    }
  }
  const storeOf = (store: EventStore): EventStore => ({
    logId: store.logId,
    append: (stream, events, expected) => store.append(stream, events, expected),
    readStream: (stream, options) => store.readStream(stream, options),
    readStreamEnd: (...range) => store.readStreamEnd(...range),
    truncateStream: (stream, before) => store.truncateStream(stream, before),
    readAll: (after, limit) => store.readAll(after, limit),
    readAllBackwards: (before, limit) => store.readAllBackwards(before, limit),
    follow: (after, options) => held(store.follow(after, options)),
    lastPosition() {
      const head = isAway ? Promise.reject(new Error('the leader is away')) : store.lastPosition();
      asked.resolve();
      asked = Promise.withResolvers();
      return head;
    },
    compare: (a, b) => store.compare(a, b),
    parsePosition: (text) => store.parsePosition(text),
    close: () => store.close(),
  });
  return {
    through: (log) => ({ ...log, store: storeOf(log.store) }),
    hold() {
      gate = Promise.withResolvers();
    },
    release: () => gate.resolve(),
    cutOff() {
      isAway = true;
    },
    async headRead() {
      await asked.promise;
      for (let turn = 0; turn < 10; turn++) await nextTurn();
    },
  };
}
