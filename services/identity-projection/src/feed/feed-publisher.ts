import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import { FeedOfAnotherLog, type FeedStream } from '@evident/transport';
import { Standby, type StandbyPatience } from '../groups/standby.ts';
import type { Progress } from '../reading/progress.ts';
import { FeedCheckpoint, feedGroup, PublisherTakenOver } from './feed-checkpoint.ts';
import { feedMessages } from './feed-messages.ts';
import { ErasedPeople } from './purge-erased.ts';
import { whereToGoOn } from './where-to-go-on.ts';

export interface FeedPublisherOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'preloadPersons'>;
  readonly store: ReadModelStore;
  readonly feed: FeedStream;
  /** Of the group `security`: what belongs to a person who is erased is found by its rows. */
  readonly rows: Pick<Progress, 'reached'>;
  readonly logger: Logger;
  readonly now: Clock;
  readonly patience?: StandbyPatience;
  /** Default 50 ms, doubling up to 5 s. */
  readonly firstPauseMs?: number;
}

/**
 * `waiting`: the broker or a store is away; nothing is lost meanwhile. `displaced`: another deployment publishes on the same
 * account of the broker. `standby`: another process publishes.
 */
export type PublisherState = 'starting' | 'publishing' | 'waiting' | 'displaced' | 'standby' | 'stopped';

const longestPauseMs = 5_000;
/** As many as are on the way to the broker at once. */
const batchSize = 256;
/** What a server allows unless it is told otherwise. */
const usualPayload = 1_048_576;

/** Throws nothing away and publishes nothing twice: see `whereToGoOn`. */
class EndMoved extends Error {
  override readonly name = 'EndMoved';
}

/**
 * Follows the log and publishes every event, in its order, to the feed. One process does it: the last that took over;
 * another is refused by the checkpoint's epoch and by the stream's expected last sequence, whichever it meets first.
 * While the broker is away the log waits, since it is read at the pace of the broker's answers.
 */
export class FeedPublisher {
  readonly #options: FeedPublisherOptions;
  readonly #checkpoint: FeedCheckpoint;
  readonly #erased: ErasedPeople;
  readonly #stopping = new AbortController();
  #state: PublisherState = 'starting';
  #position: Position | undefined;
  #standby: Standby | undefined;
  #running: Promise<void> | undefined;
  /** What an operator was told to mend. */
  #told: string | undefined;

  constructor(options: FeedPublisherOptions) {
    this.#options = options;
    this.#checkpoint = new FeedCheckpoint(options.store);
    this.#erased = new ErasedPeople(options);
  }

  state(): PublisherState {
    return this.#state;
  }

  /** Everything up to here was published; undefined before the first event. */
  position(): Position | undefined {
    return this.#standby?.position() ?? this.#position;
  }

  start(): void {
    this.#standby = undefined;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#standby?.stop();
    await this.#running;
    await this.#erased.stop();
    this.#state = 'stopped';
  }

  async #run(): Promise<void> {
    const { firstPauseMs = 50 } = this.#options;
    const { signal } = this.#stopping;
    let takenOver = false;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!takenOver) await this.#checkpoint.takeOver();
        takenOver = true;
        await this.#publish(() => {
          failures = 0;
          this.#told = undefined;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PublisherTakenOver) return this.#standBy();
        failures += 1;
        this.#state = error instanceof FeedOfAnotherLog ? 'displaced' : 'waiting';
        // An end that moved once is ours, of an append whose answer was lost.
        if (error instanceof EndMoved && failures === 1) continue;
        this.#warn(error, failures);
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** What an operator can mend is said in words, once until it is something else. */
  #warn(error: unknown, attempt: number): void {
    const reason = wordsOf(error);
    if (reason !== undefined && reason === this.#told) return;
    this.#told = reason;
    const fields = reason === undefined ? { error, attempt } : { reason, attempt };
    this.#options.logger.warn(fields, 'The feed cannot be published; it is tried again.');
  }

  async #publish(onProgress: () => void): Promise<void> {
    const { log, feed, logger } = this.#options;
    const { signal } = this.#stopping;
    const end = await feed.open(log.store.logId, signal);
    const checkpoint = await this.#checkpoint.read();
    const { after, wiped } = await whereToGoOn(log.store, end, checkpoint, signal);
    if (wiped || checkpoint === undefined) {
      if (wiped) logger.warn({}, 'The stream of the feed has lost what it held; it is published again.');
      await this.#checkpoint.forget();
    }
    this.#position = after;
    this.#state = 'publishing';
    let { lastSequence } = end;
    let events = wiped ? 0 : (checkpoint?.events ?? 0);
    await this.#erased.purgeLately();
    for await (const batch of log.store.follow(after, { signal, batchSize })) {
      lastSequence = await this.#append(batch, lastSequence);
      await this.#erased.purgeIn(batch);
      events += batch.length;
      const position = batch.at(-1)?.position;
      if (position === undefined) continue;
      await this.#checkpoint.save({ position, events, created: end.created, lastSequence });
      this.#position = position;
      onProgress();
    }
    if (!signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
  }

  async #append(batch: readonly StoredEvent[], after: number): Promise<number> {
    const { log, feed } = this.#options;
    const messages = await feedMessages(log, batch, feed.maxMessageBytes ?? usualPayload);
    const outcome = await feed.append(messages, after);
    if (outcome.outcome === 'appended') return outcome.lastSequence;
    // Whose it was is known from the checkpoint, which is read before anything else is done.
    throw new EndMoved('the stream does not end where it was left');
  }

  #standBy(): void {
    const { log, store, logger, now, patience } = this.#options;
    this.#state = 'standby';
    logger.info({ projection: feedGroup }, 'Another process publishes the feed; standing by.');
    this.#standby = new Standby({
      group: feedGroup,
      from: this.#position,
      store,
      events: log.store,
      logger,
      now,
      ...(patience === undefined ? {} : { patience }),
      onSilence: () => {
        if (!this.#stopping.signal.aborted) this.start();
      },
    });
    this.#standby.start();
  }
}

/** Of an error that brings its own remedy, as those of brokers do that no waiting will mend. */
function wordsOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { remedy } = error as { remedy?: unknown };
  return typeof remedy === 'string' ? `${error.message} ${remedy}` : undefined;
}
