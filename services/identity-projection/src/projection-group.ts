import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position } from '@evident/event-store';
import {
  type AnyProjection,
  type Comparison,
  type DecodeBatch,
  type Lag,
  type ParkedEvent,
  type PassOver,
  type ProjectionRunner,
  type Reached,
  ReadModelFault,
  type ReadModelStore,
  type RebuildOutcome,
  type RebuildProgress,
  type RetryOutcome,
  type RunnerHooks,
  type RunnerState,
  runProjections,
  type StartOverReason,
} from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import { Standby, type StandbyPatience } from './standby.ts';

export interface ProjectionGroupOptions {
  readonly name: string;
  readonly projections: readonly AnyProjection[];
  readonly events: EventStore;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  /** Told after each batch that is in the store. */
  readonly onBatch?: () => void;
  readonly logger: Logger;
  readonly now: Clock;
  readonly patience?: StandbyPatience;
  /** Events that an operator discarded. */
  readonly passOver?: PassOver;
  /** See `ProjectionRunnerOptions`. */
  readonly swapConfirmed?: (generation: string) => Promise<void>;
  /** This process fills the rows from now on; `anew` where there were none. */
  readonly onFilling?: (group: ProjectionGroup, rows: { readonly anew: boolean }) => Promise<void>;
}

export type GroupState = RunnerState | 'standby';

/**
 * A group of views in this process: kept up by a runner of its own or, where another process has taken it over, read
 * as that one fills it, until that one falls silent.
 */
export class ProjectionGroup {
  readonly #options: ProjectionGroupOptions;
  readonly #logger: Logger;
  #runner: ProjectionRunner | undefined;
  #standby: Standby | undefined;
  #caughtUp = false;
  #stopping = false;
  /** Resolves when it begins to follow the log, or never will. */
  readonly #begun = Promise.withResolvers<void>();

  constructor(options: ProjectionGroupOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ projection: options.name });
  }

  /** Whether this process fills the rows. */
  get fills(): boolean {
    return this.#standby === undefined && this.#runner !== undefined;
  }

  get name(): string {
    return this.#options.name;
  }

  get projections(): readonly AnyProjection[] {
    return this.#options.projections;
  }

  /** True once the rows have passed where the log stood at the start. */
  get caughtUp(): boolean {
    return this.#caughtUp || (this.#standby?.caughtUp ?? false);
  }

  start(): void {
    this.#standby = undefined;
    let kept = false;
    const hooks = this.#hooks((reason) => {
      kept = reason === 'views-added';
    });
    const runner = runProjections({ ...this.#options, group: this.name, hooks });
    this.#runner = runner;
    this.#begun.resolve();
    void runner.started.then(() => {
      const anew = runner.position() === undefined && !kept;
      if (this.#runner !== runner || !this.fills) return;
      this.#options
        .onFilling?.(this, { anew })
        .catch((error: unknown) => this.#logger.warn({ error }, 'What was decided meanwhile is not carried out yet.'));
    });
    void runner.ended.then((state) => {
      if (state === 'taken-over' && !this.#stopping) this.#standBy(runner);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#begun.resolve();
    this.#standby?.stop();
    await this.#runner?.stop();
  }

  position(): Position | undefined {
    return this.#standby?.position() ?? this.#runner?.position();
  }

  async reached(position: Position, withinMs: number): Promise<Reached> {
    const began = performance.now();
    if (this.#runner === undefined)
      await Promise.race([this.#begun.promise, sleep(withinMs, undefined, { ref: false })]);
    const reached = (await (this.#standby ?? this.#runner)?.reached(position, withinMs)) ?? 'stopped';
    if (reached !== 'taken-over' || this.#standby === undefined) return reached;
    return this.#standby.reached(position, Math.max(0, withinMs - (performance.now() - began)));
  }

  isParked(projection: string, stream: string): boolean {
    if (this.#standby !== undefined) return this.#standby.isParked(projection, stream);
    return this.#runner?.isParked(projection, { stream }) ?? false;
  }

  parked(): readonly ParkedEvent[] {
    return this.#standby?.parked() ?? this.#runner?.parked() ?? [];
  }

  state(): GroupState {
    return this.#standby === undefined ? (this.#runner?.state() ?? 'starting') : 'standby';
  }

  /** Counts at most so many events; rejects where the log is away. */
  async lag(countUpTo: number): Promise<Lag> {
    const { events, now } = this.#options;
    const rest = await events.readAll(this.position(), countUpTo);
    if ('outcome' in rest) return { events: 0, atLeast: true, ms: 0 };
    const oldest = rest[0];
    const ms = oldest === undefined ? 0 : Math.max(0, now() - oldest.recordedAt);
    return { events: rest.length, atLeast: rest.length === countUpTo, ms };
  }

  /** Applies what waits again. Rejects where another process fills the rows, or a store is away. */
  retryParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#filling().retryParked(projection, stream);
  }

  discardParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#filling().discardParked(projection, stream);
  }

  rebuild(onProgress: (progress: RebuildProgress) => void): Promise<RebuildOutcome> {
    return this.#filling().rebuild(onProgress);
  }

  verify(): Promise<Comparison> {
    return this.#filling().verify();
  }

  #filling(): ProjectionRunner {
    if (this.#runner === undefined || !this.fills) throw new ReadModelFault('closed', 'another process fills the rows');
    return this.#runner;
  }

  #hooks(onStartOver: (reason: StartOverReason) => void): RunnerHooks {
    const logger = this.#logger;
    return {
      onBatch: () => this.#options.onBatch?.(),
      onState: (state) => {
        if (state === 'live') this.#caughtUp = true;
        logger.info({ reason: state }, 'Projections changed their state.');
      },
      onParked: ({ projection, eventId, type, position }) =>
        logger.error(
          { projection, eventId, eventType: type, position },
          'An event could not be applied; its stream waits.',
        ),
      onFault: ({ error, attempt }) => logger.warn({ error, attempt }, 'Projecting failed; it is tried again.'),
      onStartOver: (reason) => {
        onStartOver(reason);
        logger.info({ reason }, 'The views are built from the first event on.');
      },
    };
  }

  #standBy(runner: ProjectionRunner): void {
    this.#standby = new Standby({
      ...this.#options,
      group: this.name,
      from: runner.position(),
      onSilence: () => {
        if (!this.#stopping) this.start();
      },
    });
    this.#standby.start();
  }
}
