import { setTimeout as sleep } from 'node:timers/promises';

export interface RecurringOptions {
  /** Once at a time; the signal tells it to stop in the middle. What it rejects with is told to `onFault`, and it comes again. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** From the end of one to the beginning of the next, in milliseconds. */
  readonly everyMs: number;
  /** Up to so much is added by chance, so that several processes do not work at the same moment; nothing unless given. */
  readonly jitterMs?: number;
  /** After a fault; `everyMs` unless given. */
  readonly retryMs?: number;
  /** Whether the first comes after a pause as well. */
  readonly pausesFirst?: boolean;
  /** Not called once it is stopped. */
  readonly onFault: (error: unknown) => void;
  /** Waits between two; rejects once the signal is aborted. Keeps no process alive unless given. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Work that comes by itself until it is stopped. */
export class Recurring {
  readonly #options: RecurringOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: RecurringOptions) {
    this.#options = options;
  }

  /** Idempotent. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when the work that is under way has ended; there is none after it. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { work, everyMs, retryMs = everyMs, pausesFirst = false, onFault } = this.#options;
    const { signal } = this.#stopping;
    if (pausesFirst) await this.#pause(everyMs);
    while (!signal.aborted) {
      let pauseMs = everyMs;
      try {
        await work(signal);
      } catch (error) {
        pauseMs = retryMs;
        if (!signal.aborted) onFault(error);
      }
      await this.#pause(pauseMs);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { jitterMs = 0, wait = pause } = this.#options;
    await wait(milliseconds + Math.random() * jitterMs, this.#stopping.signal).catch(() => undefined);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return sleep(milliseconds, undefined, { signal, ref: false });
}
