import { setTimeout as sleep } from 'node:timers/promises';

export interface RecurringOptions {
  /** Once at a time. What it rejects with is told to `onFault`, and it comes again. */
  readonly work: () => Promise<unknown>;
  /** From the end of one to the beginning of the next, in milliseconds. */
  readonly everyMs: number;
  /** Not called once it is stopped. */
  readonly onFault: (error: unknown) => void;
}

/** Work that comes by itself, first at once, until it is stopped. It keeps no process alive. */
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
    const { work, everyMs, onFault } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (!signal.aborted) onFault(error);
      }
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
