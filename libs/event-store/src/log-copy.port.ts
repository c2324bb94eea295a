import type { EventStore, Position, StoredEvent } from './event-store.port.ts';

/** Which log a copy is of. */
export interface CopyOrigin {
  /** Id of the log that is copied. */
  readonly logId: string;
}

/** How a copy ended. */
export interface FinishedCopy {
  /** Events that were copied; the copy may have more by now, written by those who use it. */
  readonly events: number;
}

/**
 * A log in the making: the copy of another, under an id of its own. Until it is finished nobody can open it as a log
 * (`unavailable`), so half of a history is never served. It outlives the process that makes it: opened again for the
 * same source it has what was taken, and a log that is anything else is refused (`misuse`).
 *
 * Copies keep what the seals are over: ids, contents, streams, revisions, recorded times and the order of all events.
 * Positions are given anew; where an event stood in the log that it was first written to is kept as its `origin`.
 * Rejects with `EventStoreFault`.
 */
export interface LogCopy extends Pick<EventStore, 'logId' | 'readAll'> {
  /** Where an earlier run finished this very copy. Then it is a log like any other, and takes no more events. */
  readonly finished: FinishedCopy | undefined;

  /**
   * Appends events at the end, in their order, as they are in the source; durable when it resolves. Of a call that
   * fails or dies, the first events of the order may be there, none without those before it. `misuse` where an event
   * is not the next of its stream, or the copy is finished. A stream whose beginning was let go begins where it does in
   * the source, and keeps its revisions; a store in which every stream begins with revision 0 refuses it as `misuse`.
   */
  take(events: readonly StoredEvent[]): Promise<void>;

  /** From now on it opens as a log with these many events. Durable; idempotent. */
  finish(copied: FinishedCopy): Promise<void>;

  /** Idempotent. */
  close(): Promise<void>;
}

/** Where an event stood first: what a copy has to keep of it. */
export function originOf({ origin, position }: StoredEvent): Position {
  return origin ?? position;
}
