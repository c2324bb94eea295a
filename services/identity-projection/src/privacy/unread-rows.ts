import type { ReadModelStore } from '@evident/read-model';
import type { Logger } from '@evident/runtime';
import type { ReadingProcesses } from '../groups/reading-processes.ts';

export interface UnreadRowsOptions {
  readonly store: Pick<ReadModelStore, 'dropUnread' | 'scrub'>;
  /** Ids of the views that this process reads. */
  readonly views: readonly string[];
  readonly readers: Pick<ReadingProcesses, 'othersRead'>;
  readonly logger: Logger;
}

/**
 * Sees to it that rows go which nobody reads any more, those of a version of the program that was replaced: nobody keeps
 * them up, so that they would show for ever who is erased later.
 */
export class UnreadRows {
  readonly #options: UnreadRowsOptions;
  #dropping = Promise.resolve();

  constructor(options: UnreadRowsOptions) {
    this.#options = options;
  }

  /** To be called when a group has all its rows. */
  readonly drop = (): void => {
    this.#dropping = this.#dropping.then(() => this.#drop());
  };

  /** Resolves when what was begun is done. */
  settled(): Promise<void> {
    return this.#dropping;
  }

  async #drop(): Promise<void> {
    const { store, views, readers, logger } = this.#options;
    try {
      const read = new Set([...views, ...(await readers.othersRead())]);
      if (await store.dropUnread(read)) await store.scrub();
    } catch (error) {
      logger.warn({ error }, 'Rows that nobody reads any more could not be dropped; the next start tries it again.');
    }
  }
}
