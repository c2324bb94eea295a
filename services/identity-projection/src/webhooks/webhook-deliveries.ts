import { setTimeout as sleep } from 'node:timers/promises';
import { parseStreamName } from '@evident/domain';
import type { JsonObject } from '@evident/event-store';
import { EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import type { View } from '@evident/read-model';
import { PublisherTakenOver } from '../feed/feed-checkpoint.ts';
import { webhooksView } from '../projections/webhooks.projection.ts';
import type { Progress } from '../queries/progress.ts';
import { Standby, type StandbyPatience } from '../standby.ts';
import { writeStatus } from './delivery-status.ts';
import { type DeliveryOptions, WebhookDeliveryWork } from './webhook-delivery.ts';

export interface WebhookDeliveriesOptions extends DeliveryOptions {
  /** What keeps the rows of the webhooks. */
  readonly rows: Pick<Progress, 'reached'>;
  readonly standbyPatience?: StandbyPatience;
}

const group = 'webhooks-delivered';
/** The group needs no row, and a store wants at least one view to prepare. */
const view: View<JsonObject> = { name: 'webhooks-delivered', version: 1, indexes: [] };
const saveEveryMs = 1_000;
const rowsWithinMs = 30_000;
const rowsLookMs = 200;
const longestPauseMs = 5_000;

/** All webhooks of the tenant, delivered by one process: the last that took over, until it falls silent. */
export class WebhookDeliveries {
  readonly #options: WebhookDeliveriesOptions;
  readonly #stopping = new AbortController();
  readonly #work = new Map<string, WebhookDeliveryWork>();
  #standby: Standby | undefined;
  #position: Position | undefined;
  #events = 0;
  #savedAt = 0;
  #epoch = 0;
  #running: Promise<void> | undefined;

  constructor(options: WebhookDeliveriesOptions) {
    this.#options = options;
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
          await store.prepare([view]);
          const { epoch, position, events } = await store.takeOver(group);
          this.#epoch = epoch;
          this.#events = events;
          this.#position = position;
        }
        takenOver = true;
        await this.#follow(() => {
          failures = 0;
        });
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
    await this.#beginAll();
    if (head !== undefined) await this.#save(head);
    for await (const batch of log.store.follow(head, { signal })) {
      for (const event of batch) if (event.type.startsWith('webhook.')) await this.#changed(event);
      const last = batch.at(-1);
      if (last !== undefined && Date.now() - this.#savedAt >= saveEveryMs) await this.#save(last.position);
      onProgress();
    }
    if (!signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
  }

  /** The rows say what is wanted; none of the webhooks begins before they are complete. */
  async #beginAll(): Promise<void> {
    const { store } = this.#options;
    const rows = await store.find(webhooksView, { index: ['createdAt'], limit: 1_000 });
    const keys = new Set(rows.map(({ key }) => key));
    for (const id of this.#work.keys()) if (!keys.has(id)) await this.#end(id);
    for (const { key } of rows) await this.#renew(key);
  }

  async #changed(event: StoredEvent): Promise<void> {
    const id = parseStreamName(event.stream)?.id;
    if (id === undefined) return;
    await this.#rowsAt(event.position);
    await this.#renew(id);
  }

  /** Ends the work at a webhook and begins it as its row says now. */
  async #renew(id: string): Promise<void> {
    const { store } = this.#options;
    await this.#end(id);
    const row = await store.get(webhooksView, id);
    if (row === undefined) await writeStatus(store, id, undefined);
    else if (!row.paused) this.#work.set(id, new WebhookDeliveryWork(id, row, this.#options));
  }

  async #end(id: string): Promise<void> {
    await this.#work.get(id)?.stop();
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

  async #save(position: Position): Promise<void> {
    this.#savedAt = Date.now();
    this.#events += 1;
    this.#position = position;
    const outcome = await this.#options.store.applyBatch(group, {
      epoch: this.#epoch,
      progress: { position, events: this.#events },
      writes: new Map(),
    });
    if (outcome.outcome === 'stale-epoch') throw new PublisherTakenOver();
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
