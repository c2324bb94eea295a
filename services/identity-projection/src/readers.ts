import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadModelStore } from '@evident/read-model';
import { type Logger, randomUuid } from '@evident/runtime';

export interface ReadersOptions {
  readonly group: string;
  readonly store: ReadModelStore;
  readonly logger: Logger;
  readonly patience?: ReadersPatience;
}

export interface ReadersPatience {
  /** How often a reader shows that it lives and which rows it reads; milliseconds. */
  readonly beatMs: number;
  /** A reader that was silent for so long is gone, or whatever it was asked is past its deadline; milliseconds. */
  readonly silenceMs: number;
}

const usualPatience: ReadersPatience = { beatMs: 1_000, silenceMs: 15_000 };

/**
 * The processes that read the rows of a group, as they note it themselves: rows that were replaced are dropped only when
 * every one of them has read the new ones. Silence is measured by who watches, so clocks need not agree.
 */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #patience: ReadersPatience;
  readonly #prefix: string;
  readonly #key: string;
  #beat = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: ReadersOptions) {
    this.#options = options;
    this.#patience = options.patience ?? usualPatience;
    this.#prefix = `reader/${options.group}/`;
    this.#key = `${this.#prefix}${randomUuid()}`;
  }

  start(): void {
    this.#timer = setInterval(() => this.#show(), this.#patience.beatMs).unref();
    this.#show();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#options.store.putNote(this.#key, undefined).catch(() => undefined);
  }

  /** Resolves when every reader that lives has read this generation. */
  async confirmed(generation: string, signal?: AbortSignal): Promise<void> {
    const seen = new Map<string, { readonly beat: unknown; readonly at: number }>();
    while (signal?.aborted !== true) {
      const waiting: string[] = [];
      for (const { key, note } of await this.#options.store.readNotes(this.#prefix)) {
        const before = seen.get(key);
        if (before === undefined || before.beat !== note.beat)
          seen.set(key, { beat: note.beat, at: performance.now() });
        if (note.generation === generation || key === this.#key) continue;
        if (performance.now() - (seen.get(key)?.at ?? 0) < this.#patience.silenceMs) waiting.push(key);
        else await this.#options.store.putNote(key, undefined);
      }
      if (waiting.length === 0) return;
      await sleep(this.#patience.beatMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  #show(): void {
    this.#beating = this.#beating.then(async () => {
      const { store, group, logger } = this.#options;
      try {
        const generation = (await store.readCheckpoint(group))?.generation ?? '';
        this.#beat += 1;
        await store.putNote(this.#key, { generation, beat: this.#beat });
      } catch (error) {
        logger.debug({ projection: group, error }, 'Cannot note which rows are read here.');
      }
    });
  }
}
