import type { StoredEvent } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';
import type { Logger } from '@evident/runtime';

/**
 * Sees to it that the rows of who was erased are gone from the store's files too, and not only from its answers: after
 * the batch that removed them, and at the start, for what an earlier process may have left.
 */
export class ErasedRows {
  readonly #store: Pick<ReadModelStore, 'scrub'>;
  readonly #logger: Logger;
  #due = true;
  #scrubbing = Promise.resolve();

  constructor(store: Pick<ReadModelStore, 'scrub'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Told which events are in the rows, those beside as well: a rebuild overwrites what it wrote of who was erased meanwhile. */
  readonly applied = (events: readonly StoredEvent[]): void => {
    this.#due ||= events.some(({ type }) => type === 'user.erased');
    if (!this.#due) return;
    this.#due = false;
    this.#scrubbing = this.#scrubbing.then(() => this.#scrub());
  };

  /** Resolves when what was begun is done. */
  settled(): Promise<void> {
    return this.#scrubbing;
  }

  async #scrub(): Promise<void> {
    try {
      await this.#store.scrub();
    } catch (error) {
      this.#due = true;
      this.#logger.warn({ error }, 'The files of the rows could not be cleared of who was erased; it is tried again.');
    }
  }
}
