import type { EventStore, Position } from '@evident/event-store';
import {
  type AnyProjection,
  type DecodeBatch,
  type Lag,
  type ParkedEvent,
  type ProjectionRunner,
  type Reached,
  type ReadModelStore,
  type RunnerState,
  runProjections,
} from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import { Standby, type StandbyPatience } from './standby.ts';

export interface ProjectionGroupOptions {
  readonly name: string;
  readonly projections: readonly AnyProjection[];
  readonly events: EventStore;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  readonly logger: Logger;
  readonly now: Clock;
  readonly patience?: StandbyPatience;
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

  constructor(options: ProjectionGroupOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ projection: options.name });
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
    const runner = runProjections({ ...this.#options, group: this.name, hooks: this.#hooks() });
    this.#runner = runner;
    void runner.ended.then((state) => {
      if (state === 'taken-over' && !this.#stopping) this.#standBy(runner);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#standby?.stop();
    await this.#runner?.stop();
  }

  position(): Position | undefined {
    return this.#standby?.position() ?? this.#runner?.position();
  }

  async reached(position: Position, withinMs: number): Promise<Reached> {
    const began = performance.now();
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

  #hooks(): NonNullable<Parameters<typeof runProjections>[0]['hooks']> {
    const logger = this.#logger;
    return {
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
      onStartOver: (reason) => logger.info({ reason }, 'The views are built from the first event on.'),
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
