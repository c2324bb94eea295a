import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseStreamName } from '@evident/domain';
import { EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import { PublisherTakenOver } from '../feed/feed-checkpoint.ts';
import { Standby, type StandbyPatience } from '../groups/standby.ts';
import { type WebhookRow, webhooksView } from '../projections/webhooks.projection.ts';
import type { Progress } from '../reading/progress.ts';
import { forgetPlaces, readPlaces } from './delivery-groups.ts';
import { DeliveryLanes } from './delivery-lanes.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { writeStatus } from './delivery-status.ts';
import { OutgoingBodies } from './outgoing-bodies.ts';
import { ownPlace } from './own-place.ts';
import { noteEveryMs, noteWaiting, readWaiting, waitingName } from './waiting-webhooks.ts';
import { WantedEvents } from './wanted-events.ts';
import { type SharedDelivery, WebhookDeliveryWork } from './webhook-delivery.ts';

export interface WebhookDeliveriesOptions extends DeliveryOptions {
  /** What keeps the rows of the webhooks. */
  readonly rows: Pick<Progress, 'reached'>;
  readonly standbyPatience?: StandbyPatience;
}

const group = 'webhooks-delivered';
const saveEveryMs = 1_000;
const rowsWithinMs = 30_000;
const rowsLookMs = 200;
const rowsAtOnce = 500;
const longestPauseMs = 5_000;

/**
 * All webhooks of the tenant, delivered by one process: the last that took over, until it falls silent. The log is
 * followed once for all of them, and wakes those that want what came.
 */
export class WebhookDeliveries {
  readonly #options: WebhookDeliveriesOptions;
  readonly #shared: SharedDelivery;
  readonly #stopping = new AbortController();
  readonly #work = new Map<string, WebhookDeliveryWork>();
  readonly #wanted = new WantedEvents<WebhookDeliveryWork>();
  #standby: Standby | undefined;
  /** Up to where the log was looked at. */
  #position: Position | undefined;
  #events = 0;
  #savedAt = 0;
  #notedAt = 0;
  #noting: NodeJS.Timeout | undefined;
  #isNoted = false;
  #epoch = 0;
  #running: Promise<void> | undefined;

  constructor(options: WebhookDeliveriesOptions) {
    this.#options = options;
    this.#shared = {
      lanes: new DeliveryLanes(options.patience.lanes),
      bodies: new OutgoingBodies(options.log),
      position: () => this.#position,
    };
  }

  /** Whether this process delivers. */
  get delivers(): boolean {
    return this.#standby === undefined && this.#running !== undefined;
  }

  start(): void {
    this.#standby = undefined;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#standby?.stop();
    clearTimeout(this.#noting);
    await this.#running;
    await this.#endAll();
  }

  async #run(): Promise<void> {
    const { store, logger } = this.#options;
    const { signal } = this.#stopping;
    let takenOver = false;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!takenOver) {
          const { epoch, events } = await store.takeOver(group);
          this.#epoch = epoch;
          this.#events = events;
        }
        takenOver = true;
        await this.#follow(() => {
          failures = 0;
        });
        await this.#save();
        await this.#note();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PublisherTakenOver) {
          await this.#endAll();
          return this.#standBy();
        }
        failures += 1;
        logger.warn({ error, attempt: failures }, 'Webhooks cannot be followed; tried again.');
        const pauseMs = Math.min(longestPauseMs, 50 * 2 ** Math.min(failures - 1, 10));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    const head = await log.store.lastPosition();
    if (head !== undefined) await this.#rowsAt(head);
    await this.#beginAll(head);
    if (head !== undefined) await this.#save();
    for await (const batch of log.store.follow(this.#position, { signal })) {
      for (const event of batch) if (event.type.startsWith('webhook.')) await this.#changed(event);
      this.#wake(batch);
      if (Date.now() - this.#savedAt >= saveEveryMs) await this.#save();
      this.#noteSoon();
      onProgress();
    }
    if (!signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
  }

  #wake(batch: readonly StoredEvent[]): void {
    let before = this.#position;
    // Who finds nothing more to do while it is told here is not at its end yet.
    this.#position = batch.at(-1)?.position ?? this.#position;
    for (const event of batch) {
      for (const work of this.#wanted.of(event.type)) work.wake(event, before);
      before = event.position;
    }
  }

  /**
   * The rows say what is wanted. The log is followed from where it was noted who waits, which have nothing to do before;
   * all else finds out by itself.
   */
  async #beginAll(head: Position | undefined): Promise<void> {
    const { log, store } = this.#options;
    await this.#endAll();
    const noted = await readWaiting(store);
    const place = noted === undefined ? undefined : await ownPlace(log.store, noted.position);
    const waiting = noted && place && { ...noted, position: place };
    this.#isNoted = noted !== undefined;
    this.#position = waiting?.position ?? head;
    const places = await readPlaces(store);
    const beginnings = new Map<string, string | undefined>();
    let rows = await store.scan(webhooksView, { limit: rowsAtOnce });
    while (rows.length > 0) {
      for (const { key, row } of rows) {
        const isWaiting = row !== undefined && waiting?.webhooks.has(waitingName(key, row)) === true;
        beginnings.set(key, row?.beginning);
        this.#begin(key, row, isWaiting ? waiting.position : undefined);
      }
      await nextTurn();
      rows = await store.scan(webhooksView, { after: rows.at(-1)?.key ?? '', limit: rowsAtOnce });
    }
    await forgetPlaces(store, places, beginnings);
  }

  /** `from`: it is known to have nothing to do up to there. */
  #begin(id: string, row: WebhookRow | undefined, from: Position | undefined): void {
    if (row === undefined || row.paused) return;
    const work = new WebhookDeliveryWork(id, row, { options: this.#options, shared: this.#shared, from });
    this.#work.set(id, work);
    this.#wanted.add(work, row.types);
  }

  /** Ends the work at a webhook and begins it as its row says now. */
  async #changed(event: StoredEvent): Promise<void> {
    const { store } = this.#options;
    const id = parseStreamName(event.stream)?.id;
    if (id === undefined) return;
    await this.#rowsAt(event.position);
    const before = this.#work.get(id);
    const places = await readPlaces(store, id);
    const stored = (await store.getMany(webhooksView, [id])).get(id);
    const row = stored?.row;
    if (before !== undefined && isDeepStrictEqual(before.row, row)) return;
    await this.#end(id);
    if (stored !== undefined) await forgetPlaces(store, places, new Map([[id, row?.beginning]]));
    if (row === undefined) await writeStatus(store, id, undefined);
    const goesOn = before?.isWaiting === true && before.row.beginning === row?.beginning;
    // Its own checkpoint may be old; what is paused now goes on from it, perhaps in another process.
    if (goesOn && row?.paused === true) await before.keepPlace(this.#position);
    this.#begin(id, row, goesOn ? this.#position : undefined);
  }

  async #end(id: string): Promise<void> {
    const work = this.#work.get(id);
    if (work === undefined) return;
    await work.stop();
    this.#wanted.remove(work, work.row.types);
    this.#work.delete(id);
  }

  async #endAll(): Promise<void> {
    await Promise.all([...this.#work.keys()].map((id) => this.#end(id)));
  }

  async #rowsAt(position: Position): Promise<void> {
    const { signal } = this.#stopping;
    // In short waits: who stops meanwhile is not kept.
    for (let waitedMs = 0; waitedMs < rowsWithinMs && !signal.aborted; waitedMs += rowsLookMs) {
      if ((await this.#options.rows.reached(position, rowsLookMs)) === 'reached') return;
    }
    throw new EventStoreFault('unavailable', 'the rows of the webhooks do not follow');
  }

  async #save(): Promise<void> {
    this.#savedAt = Date.now();
    if (this.#position === undefined) return;
    this.#events += 1;
    const outcome = await this.#options.store.applyBatch(group, {
      epoch: this.#epoch,
      progress: { position: this.#position, events: this.#events },
      writes: new Map(),
    });
    if (outcome.outcome === 'stale-epoch') throw new PublisherTakenOver();
  }

  #noteSoon(): void {
    const waitMs = noteEveryMs(this.#work.size) - (Date.now() - this.#notedAt);
    this.#noting ??= setTimeout(
      () => {
        this.#noting = undefined;
        // What is not noted is looked at again after the next start.
        this.#note().catch((error: unknown) => this.#options.logger.debug({ error }, 'A place was not noted.'));
      },
      Math.max(0, waitMs),
    ).unref();
  }

  async #note(): Promise<void> {
    this.#notedAt = Date.now();
    const position = this.#position;
    if (position === undefined || (this.#work.size === 0 && !this.#isNoted)) return;
    const waiting = [...this.#work.values()].filter(({ isWaiting }) => isWaiting);
    const webhooks = new Set(waiting.map(({ id, row }) => waitingName(id, row)));
    this.#isNoted = webhooks.size > 0;
    await noteWaiting(this.#options.store, this.#isNoted ? { position, webhooks } : undefined);
  }

  #standBy(): void {
    const { log, store, logger, now, standbyPatience } = this.#options;
    this.#standby = new Standby({
      group,
      from: this.#position,
      store,
      events: log.store,
      logger,
      now,
      ...(standbyPatience === undefined ? {} : { patience: standbyPatience }),
      onSilence: () => {
        if (!this.#stopping.signal.aborted) this.start();
      },
    });
    this.#standby.start();
  }
}
