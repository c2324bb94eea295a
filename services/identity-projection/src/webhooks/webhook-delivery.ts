import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { webhookDecider } from '@evident/domain';
import { EventStoreFault, type Position, readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import type { WebhookRow } from '../projections/webhooks.projection.ts';
import type { DeliveryLanes, LanePlace, LaneSizes } from './delivery-lanes.ts';
import { deliveryGroup } from './delivery-places.ts';
import { noStatus, readStatus, writeStatus } from './delivery-status.ts';
import type { OutgoingBodies } from './outgoing-bodies.ts';
import { ownPlace } from './own-place.ts';
import { sendWebhook } from './send-webhook.ts';
import { wants } from './wanted-events.ts';

export interface DeliveryOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'preloadPersons'>;
  readonly store: ReadModelStore;
  readonly logger: Logger;
  readonly now: Clock;
  readonly mayConnect: (address: string) => boolean;
  readonly patience: DeliveryPatience;
}

export interface DeliveryPatience {
  /** Milliseconds for one answer. */
  readonly timeoutMs: number;
  /** Pause after the first failure, doubling up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly lanes?: LaneSizes;
}

export const usualDelivery: DeliveryPatience = { timeoutMs: 10_000, firstPauseMs: 1_000, longestPauseMs: 300_000 };

/** What all webhooks of a process share. */
export interface SharedDelivery {
  readonly lanes: DeliveryLanes;
  readonly bodies: OutgoingBodies;
  /** Up to where the log was looked at for all that wait; undefined before the first event. */
  position(): Position | undefined;
}

/** Another process delivers now. */
class DeliveryTakenOver extends Error {}

/** Events that nobody wants move the position on so often at most. */
const saveEveryMs = 1_000;
const pageSize = 250;
/** Events sent before others have their turn. */
const sentInTurn = 50;

/**
 * One webhook: while it waits it holds nothing but its row, and is woken by the event that it wants. At work it reads the
 * log from its place on and posts what it wants, one event at a time and in order. What fails is tried again, ever more
 * slowly and for ever: nothing is skipped, and no other webhook waits for it.
 */
export class WebhookDeliveryWork {
  readonly id: string;
  readonly row: WebhookRow;
  readonly #options: DeliveryOptions;
  readonly #shared: SharedDelivery;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isWaiting: boolean;
  #isAtWork = false;
  /** Everything up to here was delivered or is not wanted. */
  #position: Position | undefined;
  #begun: { readonly secret: string; readonly epoch: number } | undefined;
  #status = noStatus;
  #events = 0;
  #savedAt = 0;
  /** Failed ones in a row. */
  #attempts = 0;
  #tookMs = 0;

  /** `from`: it is known to have nothing to do up to there. */
  constructor(
    id: string,
    row: WebhookRow,
    { options, shared, from }: { options: DeliveryOptions; shared: SharedDelivery; from: Position | undefined },
  ) {
    this.id = id;
    this.row = row;
    this.#options = options;
    this.#shared = shared;
    this.#position = from;
    this.#isWaiting = from !== undefined;
    if (!this.#isWaiting) this.#running = this.#run();
  }

  /** Whether it has nothing to do up to where the log was looked at. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** An event came that it wants; everything up to `before` was looked at. */
  wake(event: StoredEvent, before: Position | undefined): void {
    if (!this.#isWaiting || this.#stopping.signal.aborted) return;
    if (this.#position !== undefined && event.position <= this.#position) return;
    if (before !== undefined && (this.#position === undefined || before > this.#position)) this.#position = before;
    this.#isWaiting = false;
    // It may just be leaving off: then it goes on.
    if (!this.#isAtWork) this.#running = this.#run();
  }

  /** Of one that has stopped, and had nothing to do up to there. */
  async keepPlace(position: Position | undefined): Promise<void> {
    await this.#begin();
    if (position !== undefined && (this.#position === undefined || position > this.#position))
      await this.#save(position);
  }

  /** Finishes the request at hand, or cuts it off where it takes long: then the event is sent again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#stopping;
    const { firstPauseMs, longestPauseMs } = this.#options.patience;
    this.#isAtWork = true;
    for (let failures = 0; !signal.aborted && !this.#isWaiting; ) {
      try {
        const pauseMs = await this.#takeTurn();
        failures = 0;
        if (pauseMs === 0) await nextTurn();
        else await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        if (signal.aborted || error instanceof DeliveryTakenOver) return;
        failures += 1;
        logger.warn({ error, attempt: failures, subject: `webhook:${this.id}` }, 'A webhook cannot be delivered.');
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#isAtWork = false;
  }

  /** Sends some of what is next. Resolves with how long to wait before the next turn, in milliseconds. */
  async #takeTurn(): Promise<number> {
    const { lanes } = this.#shared;
    const isDoubtful = this.#attempts > 0 || this.#tookMs > lanes.sizes.quickMs;
    const place = await lanes.enter(isDoubtful, this.#stopping.signal);
    if (place === undefined) return 0;
    try {
      const { secret } = await this.#begin();
      return await this.#sendSome(secret, place);
    } finally {
      place.leave();
    }
  }

  /** When it has something to do for the first time. */
  async #begin() {
    if (this.#begun !== undefined) return this.#begun;
    const { log, store } = this.#options;
    const { after, beginning } = this.row;
    const secret = await this.#secret();
    const { epoch, events, position } = await store.takeOver(deliveryGroup(this.id, beginning));
    this.#events = events;
    this.#status = await readStatus(store, this.id);
    const noted = position ?? (after === 'start' ? undefined : log.store.parsePosition(after));
    const own = noted === undefined ? undefined : await this.#inThisLog(noted);
    if (own !== undefined && (this.#position === undefined || own > this.#position)) this.#position = own;
    this.#begun = { secret, epoch };
    return this.#begun;
  }

  /** Nothing is sent as if a position that means nothing here were the beginning, or the end. */
  async #inThisLog(noted: Position): Promise<Position | undefined> {
    const { log, store, now } = this.#options;
    // Of one that is known to have nothing to do up to a place there is nothing to look for.
    if (this.#position !== undefined && typeof log.store.compare(noted, noted) !== 'number') return undefined;
    const own = await ownPlace(log.store, noted);
    if (own !== undefined) return own;
    const message = `log-changed: it stands at ${noted}, which is no position of this log; replay it to go on`;
    this.#status = { ...this.#status, lastError: { at: now(), message, eventId: '' } };
    await writeStatus(store, this.id, this.#status);
    throw new EventStoreFault('log-changed', message);
  }

  async #sendSome(secret: string, place: LanePlace): Promise<number> {
    const { signal } = this.#stopping;
    const end = this.#shared.position();
    if (end === undefined || (this.#position !== undefined && this.#position >= end)) {
      // Between this look and the change nothing else can happen: an event that comes later wakes it.
      this.#isWaiting = true;
      return 0;
    }
    const page = await this.#options.log.store.readAll(this.#position, pageSize);
    if ('outcome' in page) throw new EventStoreFault('log-changed', `the log is ${page.logId} now`);
    let sent = 0;
    // Not beyond: whether it is still wanted there has not been looked at.
    for (const event of page.filter(({ position }) => position <= end)) {
      if (signal.aborted || sent === sentInTurn) return 0;
      if (wants(this.row.types, event.type)) {
        const pauseMs = await this.#send(event, secret, place);
        if (pauseMs !== 0) return pauseMs;
        if (signal.aborted) return 0;
        sent += 1;
        await this.#save(event.position);
      }
      this.#position = event.position;
    }
    const isDue = this.#options.now() - this.#savedAt >= saveEveryMs;
    if (this.#position !== undefined && isDue) await this.#save(this.#position);
    return 0;
  }

  /** One attempt. Resolves with 0 where the receiver took it, else with how long to wait; also where this ends. */
  async #send(event: StoredEvent, secret: string, place: LanePlace): Promise<number> {
    const { store, now, mayConnect, patience } = this.#options;
    const { signal } = this.#stopping;
    const { timeoutMs, firstPauseMs, longestPauseMs } = patience;
    const { url } = this.row;
    const body = await this.#shared.bodies.of(event);
    const sent = {
      url,
      secret,
      webhookId: this.id,
      eventId: event.id,
      body,
      now: now(),
      timeoutMs,
      signal,
      mayConnect,
    };
    const began = performance.now();
    const slow = setTimeout(() => place.stepAside(), this.#shared.lanes.sizes.quickMs);
    const outcome = await sendWebhook(sent).finally(() => clearTimeout(slow));
    this.#tookMs = performance.now() - began;
    const status = this.#status;
    if (outcome.ok) {
      this.#attempts = 0;
      this.#status = { ...status, delivered: status.delivered + 1, failures: 0, nextAttemptAt: null };
      await writeStatus(store, this.id, this.#status);
      return 0;
    }
    if (signal.aborted) return 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.#attempts, 20));
    this.#attempts += 1;
    const lastError = { at: now(), message: outcome.message, eventId: event.id };
    this.#status = { ...status, failures: status.failures + 1, lastError, nextAttemptAt: now() + pauseMs };
    await writeStatus(store, this.id, this.#status);
    return pauseMs;
  }

  async #save(position: Position): Promise<void> {
    this.#savedAt = this.#options.now();
    this.#events += 1;
    const outcome = await this.#options.store.applyBatch(deliveryGroup(this.id, this.row.beginning), {
      epoch: this.#begun?.epoch ?? 0,
      progress: { position, events: this.#events },
      writes: new Map(),
    });
    if (outcome.outcome === 'stale-epoch') throw new DeliveryTakenOver();
  }

  /** From the log, where it lies sealed; rows never hold it. */
  async #secret(): Promise<string> {
    const { store, codec, tenant } = this.#options.log;
    let state = webhookDecider.initial;
    for (const stored of await store.readStream(`webhook-${tenant}.${this.id}`)) {
      state = webhookDecider.evolve(state, readable(await codec.decode(stored)) as never);
    }
    return state.secret;
  }
}
