import type { JsonObject } from '@evident/event-store';
import type { ParkedEvent } from './read-model.port.ts';

export interface RebuildProgress {
  /** Events applied; at the end as many as `total`. */
  readonly done: number;
  /** Events that the live rows have applied; grows while it is built, if the log does. */
  readonly total: number;
  readonly eventsPerSecond: number;
  /** Undefined before the first batch. */
  readonly etaSeconds: number | undefined;
}

export type RebuildOutcome =
  | { readonly outcome: 'rebuilt'; readonly events: number }
  /** The runner ended before: what was built is thrown away by the next rebuild. */
  | { readonly outcome: 'stopped' };

export type RetryOutcome =
  /** All waiting events of the stream were applied. */
  | { readonly outcome: 'unparked'; readonly events: number }
  /** It waits on, from this event. */
  | { readonly outcome: 'parked'; readonly parked: ParkedEvent }
  | { readonly outcome: 'not-parked' };

/** A row that is not what the log says. Null: no such row, or a removed one. */
export interface Difference {
  readonly view: string;
  readonly key: string;
  readonly live: JsonObject | null;
  readonly rebuilt: JsonObject | null;
}

export interface Comparison {
  /** Rows that were compared. */
  readonly rows: number;
  /** The first hundred. */
  readonly differences: readonly Difference[];
  /** Differing rows in all. */
  readonly differing: number;
  /** True where the runner ended before everything was compared. */
  readonly stopped: boolean;
}

/**
 * - `log-changed`: the checkpoint is of another log (restored, migrated, wiped).
 * - `log-shorter`: the log ends before the checkpoint; what was projected from beyond its end never happened.
 * - `views-added`: views that are not filled yet; the rows of the others stay, the replay changes nothing in them.
 */
export type StartOverReason = 'log-changed' | 'log-shorter' | 'views-added';
