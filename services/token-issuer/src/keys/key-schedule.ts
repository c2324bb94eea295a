import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@evident/runtime';
import type { SigningKeys } from './signing-keys.ts';

export interface KeyScheduleOptions {
  readonly signingKeys: Pick<SigningKeys, 'advance'>;
  readonly logger: Logger;
  /** How long it rests between two looks, in milliseconds; ten seconds unless given. */
  readonly everyMs?: number;
}

/**
 * Takes the steps of the signing keys when they are due. It holds nothing: where it stands is on the log, so it may be
 * stopped at any moment and go on in another process, and several may run at once.
 */
export class KeySchedule {
  readonly #options: KeyScheduleOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: KeyScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signingKeys, logger, everyMs = 10_000 } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await signingKeys.advance();
      } catch (error) {
        if (!signal.aborted) logger.warn({ error }, 'The signing keys cannot be looked at; it tries again.');
      }
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
