import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreFault, type Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import { PositionWaiters, type Reached, type ReadModelStore } from '@evident/read-model';
import type { Logger } from '@evident/runtime';
import type { ProjectionGroup } from '../groups/projection-group.ts';
import { asOperation, type DecidedOperation, readOperations } from './decided-operations.ts';
import { RebuildJobs } from './rebuild-jobs.ts';

export interface OperationsOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly store: ReadModelStore;
  readonly groups: readonly ProjectionGroup[];
  readonly logger: Logger;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * Carries out what operators decided about projections. Decisions are events of `projection-<tenant>.<name>`; every
 * process follows them, and the one that fills a group acts on them, also where they were made while nobody did.
 */
export class Operations {
  readonly jobs: RebuildJobs;
  readonly #options: OperationsOptions;
  readonly #stopping = new AbortController();
  readonly #waiters = new PositionWaiters();
  readonly #discarded = new Map<string, Set<string>>();
  #position: Position | undefined;
  #running: Promise<void> | undefined;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.jobs = new RebuildJobs(options.store, options.logger);
  }

  /** Whether it was decided that this projection never applies this event. */
  readonly passOver = (projection: string, eventId: string): boolean =>
    this.#discarded.get(projection)?.has(eventId) ?? false;

  /** Reads what was decided so far, then follows; resolves when groups may begin to fill rows. */
  async start(): Promise<void> {
    await this.#insist(() => this.#load());
    this.#running = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiters.release();
    await this.#running;
    await this.jobs.ended();
  }

  position(): Position | undefined {
    return this.#position;
  }

  /** Resolves when all that was decided up to the position has been tried here. */
  async reached(position: Position, withinMs: number): Promise<Reached> {
    if (typeof this.#options.log.store.compare(position, position) !== 'number') return 'log-changed';
    if (this.#position !== undefined && position <= this.#position) return 'reached';
    if (this.#stopping.signal.aborted) return 'stopped';
    return (await this.#waiters.wait(position, withinMs)) ? 'reached' : 'not-yet';
  }

  /** Catches up with what was decided while another process, or none, filled the group. */
  async resume(group: ProjectionGroup, { anew }: { readonly anew: boolean }): Promise<void> {
    for (const { name } of group.projections) {
      for (const operation of await readOperations(this.#options.log, name)) {
        const { event, id } = operation;
        if (event.type !== 'projection.rebuild-requested') await this.#carryOut(operation);
        else if (await this.jobs.isSettled(group.name, id)) continue;
        // Rows that begin from the first event now are what the rebuild would have made.
        else if (anew) await this.jobs.settle(group.name, id);
        else await this.jobs.enqueue(group, id);
      }
    }
  }

  async #load(): Promise<void> {
    const { log, groups } = this.#options;
    const head = await log.store.lastPosition();
    for (const { name } of groups.flatMap(({ projections }) => [...projections])) {
      for (const operation of await readOperations(log, name)) this.#remember(operation);
    }
    this.#position = head;
  }

  async #follow(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    await this.#insist(async () => {
      for await (const batch of log.store.follow(this.#position, { signal })) {
        for (const stored of batch) {
          const operation = await asOperation(log.codec, stored);
          if (operation === undefined) continue;
          this.#remember(operation);
          await this.#carryOut(operation);
        }
        const last = batch.at(-1);
        if (last === undefined) continue;
        this.#position = last.position;
        this.#waiters.passed(last.position);
      }
      if (!signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
    });
  }

  #remember({ event, projection }: DecidedOperation): void {
    if (event.type !== 'projection.event-discarded') return;
    const known = this.#discarded.get(projection) ?? new Set<string>();
    this.#discarded.set(projection, known.add(event.data.eventId));
  }

  /** Harmless where it was done before: nothing waits under that event any more. */
  async #carryOut({ event, projection, id }: DecidedOperation): Promise<void> {
    const group = this.#options.groups.find(({ projections }) => projections.some(({ name }) => name === projection));
    if (group === undefined || !group.fills) return;
    if (event.type === 'projection.rebuild-requested') return this.jobs.enqueue(group, id);
    const { stream, eventId } = event.data;
    const waits = group.parked().some((parked) => parked.projection === projection && parked.eventId === eventId);
    if (!waits) return;
    const outcome =
      event.type === 'projection.event-discarded'
        ? await group.discardParked(projection, stream)
        : await group.retryParked(projection, stream);
    this.#options.logger.info({ projection, eventId, reason: outcome.outcome }, 'A parked stream was tried again.');
  }

  async #insist(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return;
        this.#options.logger.warn({ error, attempt: failures + 1 }, 'Operations cannot be followed; tried again.');
        if (error instanceof EventStoreFault && error.code === 'log-changed') this.#position = undefined;
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
