import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonKeys } from '@evident/crypto';
import type { Clock, Logger } from '@evident/runtime';
import { unknownPersonsBefore } from './unknown-person.ts';

export interface UnknownCallersOptions {
  readonly personKeys: Pick<PersonKeys, 'find' | 'erase'>;
  /** Whole months for which one may read from where an attempt came that named nobody. */
  readonly months: number;
  readonly logger: Logger;
  readonly now: Clock;
}

/** Ten years: also of a log that nobody served for long. */
const lookedBack = 120;
const everyMs = 6 * 3_600_000;

/**
 * Forgets on schedule from where attempts came that named nobody: nobody could ask for it. Their addresses and agents are
 * sealed under a key of the month, which is deleted; the attempts themselves stay, and seals still verify.
 */
export class UnknownCallers {
  readonly #options: UnknownCallersOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: UnknownCallersOptions) {
    this.#options = options;
  }

  /** Deletes the keys that are due; which. Several processes may do it at once. */
  async forget(): Promise<readonly string[]> {
    const { personKeys, months, now } = this.#options;
    const due = await personKeys.find(unknownPersonsBefore(now(), months, lookedBack));
    for (const person of due.keys()) await personKeys.erase(person);
    return [...due.keys()];
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const forgotten = await this.forget();
        if (forgotten.length > 0)
          logger.info({ count: forgotten.length }, 'The addresses of attempts that named nobody are forgotten.');
      } catch (error) {
        if (!signal.aborted)
          logger.warn({ error }, 'Old addresses of attempts cannot be forgotten yet; it is tried again.');
      }
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
