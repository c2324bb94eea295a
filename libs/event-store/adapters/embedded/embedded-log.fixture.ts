import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store.port.ts';
import { type EmbeddedEventStoreOptions, openEmbeddedEventStore } from './index.ts';

/** A log in a directory of its own, for one spec. */
export class EmbeddedLog {
  readonly directory = mkdtempSync(join(tmpdir(), 'evident-log-'));
  readonly path = join(this.directory, 'events.db');
  readonly #options: Partial<EmbeddedEventStoreOptions>;
  readonly #open: EventStore[] = [];

  constructor(options: Partial<EmbeddedEventStoreOptions> = {}) {
    this.#options = options;
  }

  /** One more store on the file, as another process would have. */
  async connect(options: Partial<EmbeddedEventStoreOptions> = {}): Promise<EventStore> {
    const store = await openEmbeddedEventStore({ path: this.path, ...this.#options, ...options });
    this.#open.push(store);
    return store;
  }

  /** A log of its own with what this one holds now, and the same options. */
  copy(): EmbeddedLog {
    const copy = new EmbeddedLog(this.#options);
    for (const end of ['', '-wal']) if (existsSync(this.path + end)) copyFileSync(this.path + end, copy.path + end);
    return copy;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.map((store) => store.close()));
  }

  async destroy(): Promise<void> {
    await this.closeAll();
    rmSync(this.directory, { recursive: true });
  }
}
