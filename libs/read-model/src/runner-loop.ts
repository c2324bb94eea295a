import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import { backOff } from './back-off.ts';
import { GroupWork, TakenOver } from './group-work.ts';
import { measureLag } from './measure-lag.ts';
import { Pace } from './pace.ts';
import type { ParkedQuestion } from './parked-streams.ts';
import { PositionWaiters } from './position-waiters.ts';
import type { AnyProjection } from './projection.ts';
import type {
  Lag,
  ProjectionRunner,
  ProjectionRunnerOptions,
  Reached,
  RunnerHooks,
  RunnerState,
} from './projection-runner.ts';
import type { ParkedEvent } from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';
import { type LiveGroup, rebuildGroup } from './rebuild.ts';
import { retryParked } from './retry-parked.ts';
import type { Comparison, RebuildOutcome, RebuildProgress, RetryOutcome } from './runner-outcomes.ts';
import { verifyGroup } from './verify.ts';

/** A checkpoint that moved without a row (sign-ins seen by the directory) is saved at most ten times a second. */
const saveAfterMs = 100;

/** One runner: follows the log, repeats what fails, tells who waits. The work itself is in `GroupWork`. */
class RunnerLoop implements ProjectionRunner {
  readonly started: Promise<void>;
  readonly ended: Promise<'taken-over' | 'stopped'>;
  #options: ProjectionRunnerOptions;
  readonly #hooks: RunnerHooks;
  readonly #work: GroupWork;
  readonly #waiters = new PositionWaiters();
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  readonly #markStarted: () => void;
  readonly #markEnded: (state: 'taken-over' | 'stopped') => void;
  readonly #batchSize: number;
  readonly #pace: Pace | undefined;
  #state: RunnerState = 'starting';
  #fault: unknown;
  /** Where the log ended when the runner began to follow it. */
  #head: Position | undefined;
  /** The work in hand: batches, retries and saves take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  #rebuilding: Promise<RebuildOutcome> | undefined;
  #verifying: Promise<Comparison> | undefined;
  #saving: NodeJS.Timeout | undefined;
  /** Ends the pause in which events gather. */
  #gathered: (() => void) | undefined;

  constructor(options: ProjectionRunnerOptions) {
    this.#options = options;
    this.#hooks = options.hooks ?? {};
    this.#batchSize = options.batchSize ?? 1000;
    this.#pace = options.stepMs === undefined ? undefined : new Pace(options.stepMs);
    this.#work = new GroupWork({ ...options, onParked: (parked) => this.#hooks.onParked?.(parked) });
    this.#signal =
      options.signal === undefined ? this.#stopping.signal : AbortSignal.any([this.#stopping.signal, options.signal]);
    this.#signal.addEventListener('abort', () => this.#gathered?.(), { once: true });
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<'taken-over' | 'stopped'>();
    this.started = started.promise;
    this.ended = ended.promise;
    this.#markStarted = started.resolve;
    this.#markEnded = ended.resolve;
  }

  begin(): void {
    this.#run().then(
      () => this.#end('stopped'),
      (error: unknown) => this.#end(error instanceof TakenOver ? 'taken-over' : 'stopped', error),
    );
  }

  position(): Position | undefined {
    return this.#work.position;
  }

  state(): RunnerState {
    return this.#state;
  }

  fault(): unknown {
    return this.#fault;
  }

  async reached(position: Position, withinMs: number): Promise<Reached> {
    if (this.#isOfAnotherLog(position)) return 'log-changed';
    const at = this.#work.position;
    if (at !== undefined && position <= at) return 'reached';
    if (this.#outcome !== undefined) return this.#outcome;
    const waiting = this.#waiters.wait(position, withinMs);
    this.#gathered?.();
    if (await waiting) return 'reached';
    return this.#isOfAnotherLog(position) ? 'log-changed' : (this.#outcome ?? 'not-yet');
  }

  lag(countUpTo = 10_000): Promise<Lag> {
    const { events, now = Date.now } = this.#options;
    return measureLag(events, this.#work.position, { countUpTo, now });
  }

  parked(): readonly ParkedEvent[] {
    return this.#work.parked.all();
  }

  isParked(projection: string, about: ParkedQuestion): boolean {
    return this.#work.parked.isParked(projection, about);
  }

  retryParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#retry(projection, stream, false);
  }

  discardParked(projection: string, stream: string): Promise<RetryOutcome> {
    return this.#retry(projection, stream, true);
  }

  rebuild(onProgress: (progress: RebuildProgress) => void = () => undefined): Promise<RebuildOutcome> {
    return this.grow(this.#options.projections, onProgress);
  }

  grow(
    projections: readonly AnyProjection[],
    onProgress: (progress: RebuildProgress) => void = () => undefined,
  ): Promise<RebuildOutcome> {
    this.#rebuilding ??= this.#beside(async (live) => {
      const outcome = await rebuildGroup({ ...this.#options, projections }, live, onProgress).finally(() => {
        // Also where only what comes after the swap failed.
        this.#options = { ...this.#options, projections: this.#work.projections };
      });
      const at = this.#work.position;
      if (at !== undefined) this.#waiters.passed(at);
      return outcome;
    }).finally(() => {
      this.#rebuilding = undefined;
    });
    return this.#rebuilding;
  }

  verify(): Promise<Comparison> {
    this.#verifying ??= this.#beside((live) => verifyGroup(this.#options, live)).finally(() => {
      this.#verifying = undefined;
    });
    return this.#verifying;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended;
  }

  async #run(): Promise<void> {
    await this.#insist(() => this.#start());
    this.#markStarted();
    while (!this.#signal.aborted) await this.#insist((attempted) => this.#applyLog(attempted));
    await this.#inTurn(() => this.#work.save());
  }

  /** From where the work stands, until the signal aborts. */
  async #applyLog(attempted: () => void): Promise<void> {
    if (this.#state === 'faulted') await this.#findHead();
    const { events } = this.#options;
    const options = { signal: this.#signal, batchSize: this.#batchSize };
    for await (const batch of events.follow(this.#work.position, options)) {
      for (const step of this.#pace?.steps(batch) ?? [batch]) {
        await this.#insist(() => this.#inTurn(() => this.#apply(step)));
        attempted();
        await this.#pace?.rest(step.length);
      }
      if (batch.length < this.#batchSize) await this.#gather();
    }
    if (!this.#signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
  }

  /** Nobody is kept waiting by it: neither who asks for a position, nor who ends the runner. */
  async #gather(): Promise<void> {
    const { gatherMs = 0 } = this.#options;
    if (gatherMs === 0 || this.#waiters.anybody || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, gatherMs);
    this.#gathered = resolve;
    await promise;
    clearTimeout(timer);
    this.#gathered = undefined;
    this.#pace?.rested();
  }

  async #start(): Promise<void> {
    const reason = await this.#inTurn(() => this.#work.start());
    if (reason !== undefined) this.#hooks.onStartOver?.(reason);
    this.#waiters.release((position) => this.#isOfAnotherLog(position));
    const at = this.#work.position;
    if (at !== undefined) this.#waiters.passed(at);
    await this.#findHead();
  }

  /** Also how a follower that failed finds out, without a new event, that the log answers again. */
  async #findHead(): Promise<void> {
    this.#head = await this.#options.events.lastPosition();
    this.#enter(this.#isLive() ? 'live' : 'catching-up');
  }

  async #apply(batch: readonly StoredEvent[]): Promise<void> {
    await this.#work.apply(batch);
    this.#hooks.onApplied?.(batch);
    const last = batch.at(-1);
    if (last === undefined) return;
    this.#waiters.passed(last.position);
    if (this.#work.unsaved) this.#saveSoon();
    this.#enter(this.#isLive() ? 'live' : 'catching-up');
    const { now = Date.now } = this.#options;
    this.#hooks.onBatch?.({
      position: last.position,
      events: batch.length,
      lagMs: Math.max(0, now() - last.recordedAt),
    });
    // A full batch means that more is waiting: requests get their turn of the event loop between two of them.
    if (batch.length >= this.#batchSize) await nextTurn();
  }

  /** Repeats what fails until it succeeds, the runner ends or the group is taken over. */
  async #insist(work: (attempted: () => void) => Promise<void>): Promise<void> {
    let attempt = 0;
    while (!this.#signal.aborted) {
      try {
        await work(() => {
          attempt = 0;
        });
        return;
      } catch (error) {
        if (error instanceof TakenOver) throw error;
        attempt += 1;
        await this.#recover(error, attempt);
      }
    }
  }

  async #recover(error: unknown, attempt: number): Promise<void> {
    if (this.#signal.aborted) return;
    const failure = isLogChanged(error) ? await this.#startAgain(error, attempt) : error;
    if (failure === undefined) return;
    this.#fault = failure;
    this.#enter('faulted');
    this.#hooks.onFault?.({ error: failure, attempt });
    await backOff(this.#options.backOff ?? { firstMs: 50, longestMs: 5000 }, attempt, this.#signal);
  }

  /** The first time at once; a log that goes on refusing its own positions is a fault like any other. */
  async #startAgain(error: unknown, attempt: number): Promise<unknown> {
    try {
      await this.#start();
      return attempt === 1 ? undefined : error;
    } catch (failure) {
      if (failure instanceof TakenOver) throw failure;
      return failure;
    }
  }

  async #retry(name: string, stream: string, discard: boolean): Promise<RetryOutcome> {
    const projection = this.#options.projections.find((each) => each.name === name);
    if (projection === undefined) return { outcome: 'not-parked' };
    await this.started;
    return this.#inTurn(() => {
      if (this.#outcome !== undefined) throw new ReadModelFault('closed', `the runner has ended: ${this.#state}`);
      return retryParked({ ...this.#options, work: this.#work, projection }, stream, discard);
    });
  }

  async #beside<Result>(work: (live: LiveGroup) => Promise<Result>): Promise<Result> {
    await this.started;
    if (this.#outcome !== undefined) throw new ReadModelFault('closed', `the runner has ended: ${this.#state}`);
    return work({ work: this.#work, signal: this.#signal, run: startRunner, inTurn: (each) => this.#inTurn(each) });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch((error: unknown) => {
      if (error instanceof TakenOver) this.#end('taken-over');
    });
    return result;
  }

  #saveSoon(): void {
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      this.#inTurn(() => this.#work.save()).catch((error: unknown) => this.#saveFailed(error));
    }, saveAfterMs);
  }

  /** The checkpoint only lags: the next batch or the next start makes up for it. */
  #saveFailed(error: unknown): void {
    if (!(error instanceof TakenOver)) this.#hooks.onFault?.({ error, attempt: 1 });
  }

  #isLive(): boolean {
    const at = this.#work.position;
    return this.#head === undefined || (at !== undefined && this.#head <= at);
  }

  #enter(state: RunnerState): void {
    if (state !== 'faulted') this.#fault = undefined;
    if (state === this.#state || this.#outcome !== undefined) return;
    this.#state = state;
    this.#hooks.onState?.(state);
  }

  get #outcome(): 'taken-over' | 'stopped' | undefined {
    return this.#state === 'taken-over' || this.#state === 'stopped' ? this.#state : undefined;
  }

  #isOfAnotherLog(position: Position): boolean {
    return typeof this.#options.events.compare(position, position) !== 'number';
  }

  #end(state: 'taken-over' | 'stopped', error?: unknown): void {
    clearTimeout(this.#saving);
    this.#enter(state);
    if (state === 'stopped') this.#fault = error;
    this.#stopping.abort();
    this.#waiters.release();
    this.#markStarted();
    this.#markEnded(state);
  }
}

export function startRunner(options: ProjectionRunnerOptions): ProjectionRunner {
  const loop = new RunnerLoop(options);
  loop.begin();
  return loop;
}

function isLogChanged(error: unknown): boolean {
  return error instanceof EventStoreFault && error.code === 'log-changed';
}
