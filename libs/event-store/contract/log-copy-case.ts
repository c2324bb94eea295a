import type { EventStore } from '../src/event-store.port.ts';
import type { CopyOrigin, LogCopy } from '../src/log-copy.port.ts';

/** An empty place for one copy. */
export interface CopyPlace {
  /** As a run of the copying program does, also one after a crash of another. */
  open(source: CopyOrigin): Promise<LogCopy>;
  /** As a service does. */
  openLog(): Promise<EventStore>;
  destroy(): Promise<void>;
}

/** What not every log can do; an adapter without it says why. */
export type LogCopyCapability =
  /** A stream may begin with another revision than 0. */
  'late-beginnings';

export interface LogCopyCase {
  readonly name: string;
  readonly needs?: LogCopyCapability;
  /** Rejects where the adapter breaks the promise. */
  run(place: CopyPlace): Promise<void>;
}
