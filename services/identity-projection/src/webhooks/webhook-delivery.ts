import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { webhookDecider } from '@evident/domain';
import { EventStoreFault, type Position, readable, type StoredEvent } from '@evident/event-store';
import type { WebhookRow } from '../projections/webhooks.projection.ts';
import type { DeliveryLanes, LanePlace } from './delivery-lanes.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { DeliveryPlace, DeliveryTakenOver } from './delivery-place.ts';
import { DeliveryRecord, pauseAfter } from './delivery-record.ts';
import type { OutgoingBodies } from './outgoing-bodies.ts';
import { sendWebhook } from './send-webhook.ts';
import { wants } from './wanted-events.ts';

/** What all webhooks of a process share. */
export interface SharedDelivery {
  readonly lanes: DeliveryLanes;
  readonly bodies: OutgoingBodies;
  /** Up to where the log was looked at for all that wait; undefined before the first event. */
  position(): Position | undefined;
}

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
  readonly #place: DeliveryPlace;
  readonly #record: DeliveryRecord;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isWaiting: boolean;
  #isAtWork = false;
  /** Known from the first work on; from the log, where it lies sealed, since rows never hold it. */
  #secret: string | undefined;
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
    this.#place = new DeliveryPlace(id, row, options, from);
    this.#record = new DeliveryRecord(id, options);
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
    if (this.#place.hasPassed(event.position)) return;
    if (before !== undefined) this.#place.moveTo(before);
    this.#isWaiting = false;
    // It may just be leaving off: then it goes on.
    if (!this.#isAtWork) this.#running = this.#run();
  }

  /** Of one that has stopped, and had nothing to do up to there. */
  async keepPlace(position: Position | undefined): Promise<void> {
    await this.#begin();
    if (position === undefined || this.#place.hasPassed(position)) return;
    this.#place.moveTo(position);
    await this.#place.save();
  }

  /** Finishes the request at hand, or cuts it off where it takes long: then the event is sent again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { logger, patience } = this.#options;
    const { signal } = this.#stopping;
    this.#isAtWork = true;
    for (let failures = 0; !signal.aborted && !this.#isWaiting; ) {
      try {
        const pauseMs = await this.#takeTurn();
        failures = 0;
        await this.#pause(pauseMs);
      } catch (error) {
        if (signal.aborted || error instanceof DeliveryTakenOver) return;
        failures += 1;
        logger.warn({ error, attempt: failures, subject: `webhook:${this.id}` }, 'A webhook cannot be delivered.');
        await this.#pause(pauseAfter(failures - 1, patience));
      }
    }
    this.#isAtWork = false;
  }

  /** One turn of the event loop at least; ends at once where the work is to stop. */
  async #pause(pauseMs: number): Promise<void> {
    const { signal } = this.#stopping;
    if (pauseMs === 0) await nextTurn();
    else await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }

  /** Sends some of what is next. Resolves with how long to wait before the next turn, in milliseconds. */
  async #takeTurn(): Promise<number> {
    const { lanes } = this.#shared;
    const isDoubtful = this.#record.isFailing || this.#tookMs > lanes.sizes.quickMs;
    const lane = await lanes.enter(isDoubtful, this.#stopping.signal);
    if (lane === undefined) return 0;
    try {
      return await this.#sendSome(await this.#begin(), lane);
    } finally {
      lane.leave();
    }
  }

  /** When it has something to do for the first time. Resolves with the secret. */
  async #begin(): Promise<string> {
    if (this.#secret !== undefined) return this.#secret;
    const secret = await this.#readSecret();
    await this.#record.load();
    try {
      await this.#place.takeOver();
    } catch (error) {
      if (error instanceof EventStoreFault && error.code === 'log-changed') await this.#record.stuck(error.message);
      throw error;
    }
    this.#secret = secret;
    return secret;
  }

  async #sendSome(secret: string, lane: LanePlace): Promise<number> {
    const { signal } = this.#stopping;
    const end = this.#shared.position();
    if (end === undefined || this.#place.hasPassed(end)) {
      // Between this look and the change nothing else can happen: an event that comes later wakes it.
      this.#isWaiting = true;
      return 0;
    }
    const page = await this.#options.log.store.readAll(this.#place.position, pageSize);
    if ('outcome' in page) throw new EventStoreFault('log-changed', `the log is ${page.logId} now`);
    let sent = 0;
    // Not beyond: whether it is still wanted there has not been looked at.
    for (const event of page.filter(({ position }) => position <= end)) {
      if (signal.aborted || sent === sentInTurn) return 0;
      const isWanted = wants(this.row.types, event.type);
      if (isWanted) {
        const pauseMs = await this.#send(event, secret, lane);
        if (pauseMs !== 0) return pauseMs;
        if (signal.aborted) return 0;
        sent += 1;
      }
      this.#place.moveTo(event.position);
      if (isWanted) await this.#place.save();
    }
    await this.#place.saveIfDue();
    return 0;
  }

  /** One attempt. Resolves with 0 where the receiver took it, else with how long to wait; also where this ends. */
  async #send(event: StoredEvent, secret: string, lane: LanePlace): Promise<number> {
    const { now, mayConnect, patience } = this.#options;
    const { signal } = this.#stopping;
    const sent = {
      url: this.row.url,
      secret,
      webhookId: this.id,
      eventId: event.id,
      body: await this.#shared.bodies.of(event),
      now: now(),
      timeoutMs: patience.timeoutMs,
      signal,
      mayConnect,
    };
    const began = performance.now();
    const slow = setTimeout(() => lane.stepAside(), this.#shared.lanes.sizes.quickMs);
    const outcome = await sendWebhook(sent).finally(() => clearTimeout(slow));
    this.#tookMs = performance.now() - began;
    if (outcome.ok) {
      await this.#record.delivered();
      return 0;
    }
    return signal.aborted ? 1 : this.#record.failed(outcome.message, event.id);
  }

  async #readSecret(): Promise<string> {
    const { store, codec, tenant } = this.#options.log;
    let state = webhookDecider.initial;
    for (const stored of await store.readStream(`webhook-${tenant}.${this.id}`)) {
      state = webhookDecider.evolve(state, readable(await codec.decode(stored)) as never);
    }
    return state.secret;
  }
}
