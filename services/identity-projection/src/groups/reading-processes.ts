import type { ReadModelStore } from '@evident/read-model';
import { type Logger, randomUuid } from '@evident/runtime';

export interface ReadingProcessesOptions {
  readonly store: ReadModelStore;
  /** Ids of the views that this process reads. */
  readonly views: readonly string[];
  readonly logger: Logger;
  readonly patience?: ReadingPatience;
}

export interface ReadingPatience {
  /** How often a process shows that it lives; milliseconds. */
  readonly beatMs: number;
  /** One that was silent for so long is gone; milliseconds. */
  readonly silenceMs: number;
}

const usualPatience: ReadingPatience = { beatMs: 2_000, silenceMs: 15_000 };
const prefix = 'reader/';

/**
 * Which views the processes on this read model read, as each notes it: rows that another version of the program still
 * reads are kept up by it, and not taken from it. Silence is measured by who watches, so clocks need not agree.
 */
export class ReadingProcesses {
  readonly #options: ReadingProcessesOptions;
  readonly #patience: ReadingPatience;
  readonly #key = `${prefix}${randomUuid()}`;
  readonly #seen = new Map<string, { readonly beat: unknown; readonly at: number }>();
  #beat = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: ReadingProcessesOptions) {
    this.#options = options;
    this.#patience = options.patience ?? usualPatience;
  }

  /** Resolves when it is noted, or cannot be. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#show(), this.#patience.beatMs).unref();
    this.#show();
    await this.#beating;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#options.store.putNote(this.#key, undefined).catch(() => undefined);
  }

  /** The views that other processes read which live, as far as is known. */
  async othersRead(): Promise<ReadonlySet<string>> {
    const views = new Set<string>();
    for (const { key, note } of await this.#options.store.readNotes(prefix)) {
      if (key === this.#key) continue;
      const before = this.#seen.get(key);
      if (before === undefined || before.beat !== note.beat) {
        this.#seen.set(key, { beat: note.beat, at: performance.now() });
      } else if (performance.now() - before.at >= this.#patience.silenceMs) {
        await this.#options.store.putNote(key, undefined);
        continue;
      }
      if (Array.isArray(note.views)) for (const view of note.views) views.add(String(view));
    }
    return views;
  }

  #show(): void {
    this.#beating = this.#beating.then(async () => {
      const { store, views, logger } = this.#options;
      this.#beat += 1;
      try {
        await store.putNote(this.#key, { beat: this.#beat, views });
      } catch (error) {
        logger.debug({ error }, 'Cannot note which rows are read here.');
      }
    });
  }
}
