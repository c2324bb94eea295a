import type { EventStore } from '../src/event-store.port.ts';

/** What not every log can do; an adapter without it says why. */
export type EventStoreCapability =
  /** Refuses an event id that another stream holds. */
  | 'unique-ids'
  /** The harness can give an empty log. */
  | 'empty-log'
  /** Keeps strings with unpaired surrogates as they are. */
  | 'unpaired-surrogates'
  /** What was let go of a stream is at once gone from the order of the log as well. */
  | 'gone-at-once';

/** One log, shared by any number of processes. */
export interface LogUnderTest {
  /** Opens it as one more process would. */
  connect(): Promise<EventStore>;
  /** Lets go of the connections, and of the log where it is this case's own. */
  destroy(): Promise<void>;
}

export interface EventStoreCase {
  readonly name: string;
  readonly needs?: EventStoreCapability;
  /** Rejects where the adapter breaks the promise. */
  run(log: LogUnderTest): Promise<void>;
}
