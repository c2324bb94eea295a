import type { EventStore, Position, StoredEvent } from '@evident/event-store';
import type { BackOff } from './back-off.ts';
import type { PassOver } from './evolve-batch.ts';
import type { ParkedQuestion } from './parked-streams.ts';
import type { AnyProjection, DecodeBatch } from './projection.ts';
import type { ParkedEvent, ReadModelStore } from './read-model.port.ts';
import type { Comparison, RebuildOutcome, RebuildProgress, RetryOutcome, StartOverReason } from './runner-outcomes.ts';

/**
 * - `starting`: taking the group over.
 * - `catching-up`: behind where the log stood when it started; `live`: past that.
 * - `faulted`: a store refuses; it is tried again until it answers, and nothing is skipped.
 * - `taken-over`: another runner has the group; this one has ended.
 * - `stopped`: ended by `stop` or the signal.
 */
export type RunnerState = 'starting' | 'catching-up' | 'live' | 'faulted' | 'taken-over' | 'stopped';

export type Reached = 'reached' | 'not-yet' | 'log-changed' | 'taken-over' | 'stopped';

export interface Lag {
  /** Events of the log that are not applied yet, counted up to a limit. */
  readonly events: number;
  /** True where counting stopped at the limit. */
  readonly atLeast: boolean;
  /** Age of the oldest of them in milliseconds, 0 where there is none. */
  readonly ms: number;
}

/** What a service logs and measures; a hook must not throw. */
export interface RunnerHooks {
  onBatch?(batch: { readonly position: Position; readonly events: number; readonly lagMs: number }): void;
  /** These events are in the rows, be it in those that are built beside. */
  onApplied?(events: readonly StoredEvent[]): void;
  onParked?(parked: ParkedEvent): void;
  /** Called for each failed attempt; the next follows after a pause. */
  onFault?(fault: { readonly error: unknown; readonly attempt: number }): void;
  /** The group begins again from the first event. */
  onStartOver?(reason: StartOverReason): void;
  onState?(state: RunnerState): void;
}

/** What a runner asks of the log. */
export type ProjectedLog = Pick<EventStore, 'follow' | 'readAll' | 'readStream' | 'lastPosition' | 'compare'>;

export interface ProjectionRunnerOptions {
  /** Views that move on together have one runner and one checkpoint. */
  readonly group: string;
  /** Names and views all different. */
  readonly projections: readonly AnyProjection[];
  readonly events: ProjectedLog;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  /** Events in one batch at most, default 1,000: one transaction, and one pause of the event loop. */
  readonly batchSize?: number;
  /**
   * Milliseconds in which events gather after a batch that was not full, so that a flood is written in few transactions.
   * Whoever waits for a position ends it. Default 0: each event is visible as soon as it can be.
   */
  readonly gatherMs?: number;
  /**
   * Milliseconds of the event loop that one step of a batch may take, after which others may have it for as long: for work
   * that nobody waits for. Unset: whole batches.
   */
  readonly stepMs?: number;
  readonly hooks?: RunnerHooks;
  readonly signal?: AbortSignal;
  /** Default 50 ms, doubling up to 5 s. */
  readonly backOff?: BackOff;
  /** Events that a projection never applies, as an operator decided: rebuilds and retries pass over them too. */
  readonly passOver?: PassOver;
  /**
   * Resolves once nobody reads the rows that were replaced any more; they are dropped then. At once unless given: where
   * other processes hold on to what they look up.
   */
  readonly swapConfirmed?: (generation: string) => Promise<void>;
  /** Milliseconds since the epoch, for lag. */
  readonly now?: () => number;
}

export interface ProjectionRunner {
  /** Everything up to here is visible in the rows; undefined before the first event, and while it starts. */
  position(): Position | undefined;

  /**
   * Resolves at once where the rows include this position, else with the batch that brings it, else after
   * `withinMs` with `not-yet`. `log-changed`: the position is of another log. `taken-over`, `stopped`: this runner
   * will not get there; another may.
   */
  reached(position: Position, withinMs: number): Promise<Reached>;

  state(): RunnerState;

  /** Of the latest failed attempt, while `faulted`. */
  fault(): unknown;

  /** Asks the log; counts at most `countUpTo` events (default 10,000). Rejects where the log is away. */
  lag(countUpTo?: number): Promise<Lag>;

  /** Streams that wait, by their first event. */
  parked(): readonly ParkedEvent[];

  /** Whether a row may be stale because a stream that feeds it waits: a read of it answers `parked`. */
  isParked(projection: string, about: ParkedQuestion): boolean;

  /** Applies the waiting events of a stream again. Rejects with a fault where a store is away: nothing was changed. */
  retryParked(projection: string, stream: string): Promise<RetryOutcome>;

  /** Passes over the event that failed, for good, and applies the rest. */
  discardParked(projection: string, stream: string): Promise<RetryOutcome>;

  /**
   * Builds all views of the group anew from the first event, beside the rows that serve, and swaps. A call while one
   * is at work answers with the same work. Rejects with a fault, and the rows that serve are untouched.
   */
  rebuild(onProgress?: (progress: RebuildProgress) => void): Promise<RebuildOutcome>;

  /**
   * As `rebuild`, with other projections: those there are serve until the swap, these from then on. So a view is added,
   * or brought to a new version, while the rest is kept up.
   */
  grow(
    projections: readonly AnyProjection[],
    onProgress?: (progress: RebuildProgress) => void,
  ): Promise<RebuildOutcome>;

  /** Replays the log into a scratch copy and compares it with the rows that serve. */
  verify(): Promise<Comparison>;

  /** Resolves when the group is taken over and its position known, or the runner has ended before that. */
  readonly started: Promise<void>;

  /** Resolves with the last state, when the runner was stopped or taken over. */
  readonly ended: Promise<'taken-over' | 'stopped'>;

  /** Finishes the batch in work and saves the checkpoint. Idempotent. */
  stop(): Promise<void>;
}
