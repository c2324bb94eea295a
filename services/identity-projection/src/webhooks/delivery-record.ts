import type { ReadModelStore } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import type { DeliveryPatience } from './delivery-options.ts';
import { noStatus, readStatus, type Status, writeStatus } from './delivery-status.ts';

export interface DeliveryRecordOptions {
  readonly store: ReadModelStore;
  readonly now: Clock;
  readonly patience: DeliveryPatience;
}

/** What its owner is told about the deliveries to a webhook, and how long to wait after those that failed. */
export class DeliveryRecord {
  readonly #id: string;
  readonly #options: DeliveryRecordOptions;
  #status: Status = noStatus;
  /** Of this process, in a row. */
  #failures = 0;

  constructor(webhookId: string, options: DeliveryRecordOptions) {
    this.#id = webhookId;
    this.#options = options;
  }

  /** Whether the last attempt failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** What was told before, by whichever process. */
  async load(): Promise<void> {
    this.#status = await readStatus(this.#options.store, this.#id);
  }

  async delivered(): Promise<void> {
    this.#failures = 0;
    await this.#write({ delivered: this.#status.delivered + 1, failures: 0, nextAttemptAt: null });
  }

  /** Resolves with how long to wait before the next attempt, in milliseconds. */
  async failed(message: string, eventId: string): Promise<number> {
    const pauseMs = pauseAfter(this.#failures, this.#options.patience);
    this.#failures += 1;
    const at = this.#options.now();
    const failures = this.#status.failures + 1;
    await this.#write({ failures, lastError: { at, message, eventId }, nextAttemptAt: at + pauseMs });
    return pauseMs;
  }

  /** There is nothing to be sent before somebody changes something. */
  async stuck(message: string): Promise<void> {
    await this.#write({ lastError: { at: this.#options.now(), message, eventId: '' } });
  }

  async #write(change: Partial<Status>): Promise<void> {
    this.#status = { ...this.#status, ...change };
    await writeStatus(this.#options.store, this.#id, this.#status);
  }
}

/** Doubling from the first to the longest; milliseconds. */
export function pauseAfter(failures: number, { firstPauseMs, longestPauseMs }: DeliveryPatience): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 20));
}
