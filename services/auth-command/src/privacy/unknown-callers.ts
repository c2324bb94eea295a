import type { PersonKeys } from '@evident/crypto';
import { type Clock, type Logger, Recurring } from '@evident/runtime';
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
  readonly #forgetting: Recurring;

  constructor(options: UnknownCallersOptions) {
    this.#options = options;
    this.#forgetting = new Recurring({
      work: () => this.#forgetTold(),
      everyMs,
      onFault: (error) =>
        options.logger.warn({ error }, 'Old addresses of attempts cannot be forgotten yet; it is tried again.'),
    });
  }

  /** Deletes the keys that are due; which. Several processes may do it at once. */
  async forget(): Promise<readonly string[]> {
    const { personKeys, months, now } = this.#options;
    const due = await personKeys.find(unknownPersonsBefore(now(), months, lookedBack));
    for (const person of due.keys()) await personKeys.erase(person);
    return [...due.keys()];
  }

  start(): void {
    this.#forgetting.start();
  }

  stop(): Promise<void> {
    return this.#forgetting.stop();
  }

  async #forgetTold(): Promise<void> {
    const { length: count } = await this.forget();
    if (count > 0) this.#options.logger.info({ count }, 'The addresses of attempts that named nobody are forgotten.');
  }
}
