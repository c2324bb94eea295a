import { setTimeout as sleep } from 'node:timers/promises';
import type { Revocation } from '@evident/contracts';
import { type EventStore, EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import { PositionWaiters, type Reached, type ReadModelStore } from '@evident/read-model';
import { type Clock, type Logger, randomUuid } from '@evident/runtime';
import { type EndedTokens, endedBy, revocationLifeMs } from './ended-tokens.ts';
import { loadEndedTokens } from './load-ended-tokens.ts';
import { RevocationList } from './revocation-list.ts';

export interface RevocationFollowerOptions {
  readonly events: EventStore;
  readonly store: ReadModelStore;
  readonly logger: Logger;
  readonly now: Clock;
  /** Called with each batch that ended tokens, after it is in the list; `after` is the sequence before it. */
  readonly onChanges: (changes: readonly Revocation[], after: number) => void;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * Keeps the list of ended tokens up to the log, by a subscription of its own: neither a slow or stopped projection
 * nor an event that parks there delays the end of a token. Rows only save it from reading the whole log at its start.
 */
export class RevocationFollower {
  readonly #options: RevocationFollowerOptions;
  readonly #stopping = new AbortController();
  readonly #waiters = new PositionWaiters();
  #list = new RevocationList();
  /** Names this list: sequence numbers of another one mean nothing here. */
  #publisher = randomUuid();
  #position: Position | undefined;
  #loaded = false;
  #running: Promise<void> | undefined;

  constructor(options: RevocationFollowerOptions) {
    this.#options = options;
  }

  get list(): RevocationList {
    return this.#list;
  }

  get publisher(): string {
    return this.#publisher;
  }

  position(): Position | undefined {
    return this.#position;
  }

  /** Resolves when the list includes the position, or when time is up. */
  async reached(position: Position, withinMs: number): Promise<Reached> {
    if (typeof this.#options.events.compare(position, position) !== 'number') return 'log-changed';
    if (this.#position !== undefined && position <= this.#position) return 'reached';
    if (this.#stopping.signal.aborted) return 'stopped';
    if (await this.#waiters.wait(position, withinMs)) return 'reached';
    return this.#stopping.signal.aborted ? 'stopped' : 'not-yet';
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiters.release();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { events, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!this.#loaded) await this.#load();
        for await (const batch of events.follow(this.#position, { signal })) {
          this.#apply(batch);
          failures = 0;
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        logger.warn({ error, attempt: failures }, 'The revocation list cannot follow the log; it tries again.');
        if (error instanceof EventStoreFault && error.code === 'log-changed') this.#forget();
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #load(): Promise<void> {
    const { store, events, now } = this.#options;
    const { position, ended } = await loadEndedTokens(store, events, now());
    for (const tokens of ended) this.#add(tokens);
    this.#loaded = true;
    if (position !== undefined) this.#passed(position);
  }

  #apply(batch: readonly StoredEvent[]): void {
    const after = this.#list.sequence;
    const changes: Revocation[] = [];
    for (const event of batch) {
      const ended = endedBy(event);
      if (ended !== undefined && this.#add(ended)) changes.push(ended.revocation);
    }
    if (changes.length > 0) {
      this.#list.prune(this.#options.now());
      this.#options.onChanges(changes, after);
    }
    const last = batch.at(-1);
    if (last !== undefined) this.#passed(last.position);
  }

  #add({ revocation, endedAt }: EndedTokens): boolean {
    const matters = endedAt + revocationLifeMs;
    return matters > this.#options.now() && this.#list.add(revocation, matters);
  }

  #passed(position: Position): void {
    this.#position = position;
    this.#waiters.passed(position);
  }

  /** Another log, another list: nobody may go on from a number of the old one. */
  #forget(): void {
    this.#list = new RevocationList();
    this.#publisher = randomUuid();
    this.#position = undefined;
    this.#loaded = false;
    this.#waiters.release();
  }
}
