import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, StoredEvent } from '@evident/event-store';
import {
  type AnyProjection,
  type AnyView,
  type Comparison,
  type DecodeBatch,
  dropLeftBeside,
  type Lag,
  measureLag,
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
  viewId,
} from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import { BesideTakeover } from './beside-takeover.ts';
import { loggedHooks } from './logged-hooks.ts';
import { planStart, type StartPlan } from './plan-start.ts';
import { Standby, type StandbyPatience } from './standby.ts';
import { StartGate } from './start-gate.ts';

export interface ProjectionGroupOptions {
  readonly name: string;
  readonly projections: readonly AnyProjection[];
  readonly events: EventStore;
  readonly store: ReadModelStore;
  readonly decode: DecodeBatch;
  /** Told which events are in the store, be it in rows that are built beside. */
  readonly onApplied?: (events: readonly StoredEvent[]) => void;
  readonly logger: Logger;
  readonly now: Clock;
  readonly patience?: StandbyPatience;
  /** As a runner takes them. */
  readonly gatherMs?: number;
  readonly stepMs?: number;
  /** Events that an operator discarded. */
  readonly passOver?: PassOver;
  /** The views that other processes read; nobody's unless given. */
  readonly othersRead?: () => Promise<ReadonlySet<string>>;
  /** This process fills the rows from now on; `anew` where there were none. */
  readonly onFilling?: (group: ProjectionGroup, rows: { readonly anew: boolean }) => Promise<void>;
  /** This process keeps up all views of the group: what another version of the program had besides is read no more. */
  readonly onWhole?: () => void;
}

export type GroupState = RunnerState | 'standby';

/** Planning a start is tried again so often at least while the store is away; milliseconds. */
const longestPauseMs = 5_000;
const usualWatchMs = 1_000;
const nobodyReads = async () => new Set<string>();

/**
 * A group of views in this process: kept up by a runner of its own or, where another process has taken it over, read
 * as that one fills it, until that one falls silent. What another version of the program still reads is left to it.
 */
export class ProjectionGroup {
  readonly name: string;
  readonly projections: readonly AnyProjection[];
  readonly #options: ProjectionGroupOptions;
  readonly #logger: Logger;
  /** Where the rows of this program lie. */
  #rows: ReadModelStore;
  /** Ids of views that are still being filled; all of them before anybody has looked. */
  #unfilled: ReadonlySet<string>;
  #plan: StartPlan = { plan: 'together' };
  #runner: ProjectionRunner | undefined;
  #standby: Standby | undefined;
  #takeover: BesideTakeover | undefined;
  /** Resolves when what an earlier process left beside is dropped. */
  #cleared: Promise<void> = Promise.resolve();
  #caughtUp = false;
  #stopping = false;
  /** Open when it follows the log, or never will. */
  readonly #begun = new StartGate();
  #beginning: Promise<void> = Promise.resolve();
  /** Whether it was read what waits: before, any row may be stale. */
  readonly #known = new StartGate();

  constructor(options: ProjectionGroupOptions) {
    this.name = options.name;
    this.projections = options.projections;
    this.#options = options;
    this.#rows = options.store;
    this.#unfilled = new Set(options.projections.map(({ view }) => viewId(view)));
    this.#logger = options.logger.child({ projection: options.name });
  }

  /** Whether this process fills the rows. */
  get fills(): boolean {
    return this.#standby === undefined && this.#runner !== undefined;
  }

  /** True once the rows have passed where the log stood at the start. */
  get caughtUp(): boolean {
    return this.#caughtUp || (this.#standby?.caughtUp ?? false);
  }

  /** Names of the views that are still being filled while the others serve. */
  get filling(): readonly string[] {
    return this.projections.filter(({ view }) => this.#isUnfilled(view)).map(({ name }) => name);
  }

  /** Where a view of the group is read; undefined while it is being filled. */
  rowsOf(view: AnyView): ReadModelStore | undefined {
    const isAway = this.#isUnfilled(view) || (this.#plan.plan === 'beside' && !this.caughtUp);
    return isAway || this.#standby?.isLost === true ? undefined : this.#rows;
  }

  start(): void {
    this.#beginning = this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#takeover?.stop();
    this.#begun.open();
    await this.#beginning;
    this.#standby?.stop();
    await this.#runner?.stop();
    await this.#cleared;
  }

  position(): Position | undefined {
    return this.#standby?.position() ?? this.#runner?.position();
  }

  async reached(position: Position, withinMs: number): Promise<Reached> {
    const end = performance.now() + withinMs;
    for (;;) {
      const left = Math.max(0, end - performance.now());
      await this.#begun.passed(left);
      if (!this.#begun.isOpen) return 'not-yet';
      const runner = this.#runner;
      const reached = (await (this.#standby ?? runner)?.reached(position, left)) ?? 'stopped';
      const isOver = reached === 'taken-over' || reached === 'stopped';
      // The rows changed hands meanwhile: whoever has them now is asked for what is left of the time.
      const goesOn = isOver && !this.#stopping && (this.#standby !== undefined || this.#runner !== runner);
      if (!goesOn || performance.now() >= end) return reached;
      await sleep(1);
    }
  }

  async known(withinMs: number): Promise<boolean> {
    await this.#known.passed(withinMs);
    return this.#known.isOpen;
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
  lag(countUpTo: number): Promise<Lag> {
    const { events, now } = this.#options;
    return measureLag(events, this.position(), { countUpTo, now });
  }

  /** Applies what waits again. Rejects where another process fills the rows, or a store is away. */
  retryParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#filling().retryParked(projection, stream);
  }

  discardParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#filling().discardParked(projection, stream);
  }

  async rebuild(onProgress: (progress: RebuildProgress) => void): Promise<RebuildOutcome> {
    return (await this.#besideOf(this.#served())).rebuild(onProgress);
  }

  async verify(): Promise<Comparison> {
    return (await this.#besideOf(this.#served())).verify();
  }

  /** The runner, when there is nothing beside it any more that an earlier process left. */
  async #besideOf(runner: ProjectionRunner): Promise<ProjectionRunner> {
    await runner.started;
    await this.#cleared;
    return runner;
  }

  #served(): ProjectionRunner {
    if (this.#plan.plan !== 'beside') return this.#filling();
    throw new ReadModelFault('unavailable', 'another version of the program is still at work on this read model');
  }

  /** Another process of this version may have filled it meanwhile. */
  #isUnfilled(view: AnyView): boolean {
    return this.#unfilled.has(viewId(view)) && this.#standby?.sees(viewId(view)) !== true;
  }

  #filling(): ProjectionRunner {
    if (this.#runner === undefined || !this.fills) throw new ReadModelFault('closed', 'another process fills the rows');
    return this.#runner;
  }

  async #begin(): Promise<void> {
    const { projections, store, events, othersRead = nobodyReads } = this.#options;
    const request = { group: this.name, projections, store, events, othersRead };
    for (let failures = 0; !this.#stopping; failures += 1) {
      try {
        const plan = await planStart(request);
        if (!this.#stopping) this.#follow(plan);
        return;
      } catch (error) {
        this.#logger.warn({ error, attempt: failures + 1 }, 'Cannot see how far the views are filled; tried again.');
        await sleep(Math.min(longestPauseMs, 50 * 2 ** Math.min(failures, 10)), undefined, { ref: false });
      }
    }
  }

  #follow(plan: StartPlan): void {
    const { store, projections } = this.#options;
    const filled = plan.plan === 'grow' ? plan.filled : projections;
    // Rows that were seen to be filled while another process kept them up are so for this one.
    this.#caughtUp = this.caughtUp && (plan.plan !== 'beside' || isOf(this.#plan, plan.generation));
    this.#takeover?.stop();
    this.#plan = plan;
    this.#rows = plan.plan === 'beside' ? store.beside(plan.generation) : store;
    this.#unfilled = new Set(projections.filter((each) => !filled.includes(each)).map(({ view }) => viewId(view)));
    this.#standby = undefined;
    const runner = this.#run(filled);
    if (plan.plan !== 'together') this.#logger.info({ reason: plan.plan }, 'Views are filled from the first event on.');
    if (plan.plan === 'grow') void this.#grow(runner);
    if (plan.plan === 'beside') this.#watchOthers(plan.generation);
  }

  #run(projections: readonly AnyProjection[]): ProjectionRunner {
    let kept = false;
    const hooks = this.#hooks((reason) => {
      kept = reason === 'views-added';
    });
    const runner = runProjections({ ...this.#options, projections, store: this.#rows, group: this.name, hooks });
    this.#runner = runner;
    this.#begun.open();
    void runner.started.then(() => {
      if (runner.state() !== 'taken-over' && runner.state() !== 'stopped') this.#known.open();
      const anew = runner.position() === undefined && !kept;
      if (this.#runner !== runner || !this.fills) return;
      if (this.#plan.plan !== 'beside') this.#cleared = this.#clearBeside(projections);
      this.#options
        .onFilling?.(this, { anew })
        .catch((error: unknown) => this.#logger.warn({ error }, 'What was decided meanwhile is not carried out yet.'));
      if (this.#plan.plan === 'together') this.#options.onWhole?.();
    });
    void runner.ended.then((state) => {
      if (state === 'taken-over' && !this.#stopping && this.#runner === runner) this.#standBy(runner);
    });
    return runner;
  }

  async #clearBeside(projections: readonly AnyProjection[]): Promise<void> {
    try {
      await dropLeftBeside(this.#rows, this.name, projections);
    } catch (error) {
      this.#logger.warn({ error }, 'What an earlier process left beside the rows could not be dropped.');
    }
  }

  async #grow(runner: ProjectionRunner): Promise<void> {
    try {
      const { outcome } = await (await this.#besideOf(runner)).grow(this.projections);
      if (outcome !== 'rebuilt' || this.#runner !== runner) return;
      this.#plan = { plan: 'together' };
      this.#unfilled = new Set();
      this.#logger.info({}, 'All views are filled.');
      this.#options.onWhole?.();
    } catch (error) {
      if (this.#stopping || this.#runner !== runner || !this.fills) return;
      this.#logger.warn({ error }, 'Views cannot be filled; tried again.');
      await sleep(usualWatchMs, undefined, { ref: false });
      return this.#grow(runner);
    }
  }

  #watchOthers(generation: string): void {
    const { store, patience, othersRead = nobodyReads } = this.#options;
    this.#takeover = new BesideTakeover({
      ...{ group: this.name, generation, projections: this.projections, store, othersRead, logger: this.#logger },
      watchMs: patience?.watchMs ?? usualWatchMs,
      isReady: () => this.fills && this.#runner?.state() === 'live',
      leaveOff: async () => {
        this.#begun.shut();
        await this.#runner?.stop();
      },
      onTaken: () => this.#beginAgain(),
    });
    this.#takeover.start();
  }

  #beginAgain(): void {
    this.#standby?.stop();
    this.start();
  }

  #hooks(onStartOver: (reason: StartOverReason) => void): RunnerHooks {
    const onLive = () => {
      this.#caughtUp = true;
    };
    const onApplied = (events: readonly StoredEvent[]) => this.#options.onApplied?.(events);
    return loggedHooks(this.#logger, { onStartOver, onLive, onApplied });
  }

  #standBy(runner: ProjectionRunner): void {
    this.#standby = new Standby({
      ...this.#options,
      store: this.#rows,
      group: this.name,
      views: this.projections.map(({ view }) => viewId(view)).filter((view) => !this.#unfilled.has(view)),
      from: runner.position(),
      parked: runner.parked(),
      onLook: () => this.#known.open(),
      onSilence: () => {
        if (!this.#stopping) this.start();
      },
    });
    this.#standby.start();
  }
}

/** Whether these are the rows that were read before. */
function isOf(plan: StartPlan, generation: string): boolean {
  return plan.plan === 'beside' && plan.generation === generation;
}
