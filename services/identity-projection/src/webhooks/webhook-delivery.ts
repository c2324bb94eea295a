import { setTimeout as sleep } from 'node:timers/promises';
import { webhookDecider } from '@evident/domain';
import { EventStoreFault, type Position, readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';
import { outgoingEvents } from '../feed/feed-messages.ts';
import type { WebhookRow } from '../projections/webhooks.projection.ts';
import { deliveryGroup, noStatus, readStatus, writeStatus } from './delivery-status.ts';
import { sendWebhook } from './send-webhook.ts';

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
}

export const usualDelivery: DeliveryPatience = { timeoutMs: 10_000, firstPauseMs: 1_000, longestPauseMs: 300_000 };

/** Another process delivers now. */
class DeliveryTakenOver extends Error {}

/** Events that nobody wants move the position on so often at most. */
const saveEveryMs = 1_000;

/**
 * One webhook: follows the log by itself and posts what it wants, one event at a time and in order. What fails is tried
 * again, ever more slowly and for ever: nothing is skipped, and no other webhook waits for it.
 */
export class WebhookDeliveryWork {
  readonly id: string;
  readonly row: WebhookRow;
  readonly #options: DeliveryOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #status = noStatus;
  #epoch = 0;
  #events = 0;
  #savedAt = 0;

  constructor(id: string, row: WebhookRow, options: DeliveryOptions) {
    this.id = id;
    this.row = row;
    this.#options = options;
    this.#running = this.#run();
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
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#deliver(() => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted || error instanceof DeliveryTakenOver) return;
        failures += 1;
        logger.warn({ error, attempt: failures, subject: `webhook:${this.id}` }, 'A webhook cannot be delivered.');
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #deliver(onProgress: () => void): Promise<void> {
    const { log, store } = this.#options;
    const { signal } = this.#stopping;
    const { after, types, beginning } = this.row;
    const secret = await this.#secret();
    const checkpoint = await store.takeOver(deliveryGroup(this.id, beginning));
    this.#epoch = checkpoint.epoch;
    this.#events = checkpoint.events;
    const begin = checkpoint.position ?? (after === 'start' ? undefined : log.store.parsePosition(after));
    this.#status = await readStatus(store, this.id);
    for await (const batch of log.store.follow(begin, { signal })) {
      for (const event of batch) {
        if (signal.aborted) return;
        if (!matches(types, event.type)) continue;
        await this.#insist(event, secret);
        if (signal.aborted) return;
        await this.#save(event.position);
      }
      const last = batch.at(-1);
      const isDue = this.#options.now() - this.#savedAt >= saveEveryMs;
      if (last !== undefined && (isDue || batch.length > 1)) await this.#save(last.position);
      onProgress();
    }
    if (!signal.aborted) throw new EventStoreFault('unavailable', 'the log ended what was to be followed');
  }

  /** Until the receiver takes it, or this ends. */
  async #insist(event: StoredEvent, secret: string): Promise<void> {
    const { log, store, now, mayConnect, patience } = this.#options;
    const { signal } = this.#stopping;
    const [outgoing] = await outgoingEvents(log, [event]);
    const body = JSON.stringify(outgoing);
    const { url } = this.row;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const { timeoutMs, firstPauseMs, longestPauseMs } = patience;
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
      const outcome = await sendWebhook(sent);
      const status = this.#status;
      if (outcome.ok) {
        this.#status = { ...status, delivered: status.delivered + 1, failures: 0, nextAttemptAt: null };
        return writeStatus(store, this.id, this.#status);
      }
      if (signal.aborted) return;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt - 1, 20));
      const lastError = { at: now(), message: outcome.message, eventId: event.id };
      this.#status = { ...status, failures: attempt, lastError, nextAttemptAt: now() + pauseMs };
      await writeStatus(store, this.id, this.#status);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #save(position: Position): Promise<void> {
    this.#savedAt = this.#options.now();
    this.#events += 1;
    const outcome = await this.#options.store.applyBatch(deliveryGroup(this.id, this.row.beginning), {
      epoch: this.#epoch,
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

/** By their text: a pattern may name a type that only a newer program knows. */
function matches(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (each) => each === '*' || each === type || (each.endsWith('.*') && type.startsWith(each.slice(0, -1))),
  );
}
