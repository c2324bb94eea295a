import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedEventStoreOptions, openEmbeddedEventStore } from '../adapters/embedded/index.ts';
import type { EventStore } from '../src/event-store.port.ts';
import type { EventStoreHarness } from './event-store.contract.ts';

/** Logs in directories of their own, each connection a store of its own on the same file. */
export function embeddedLogs(options: Partial<EmbeddedEventStoreOptions> = {}): EventStoreHarness {
  return async () => {
    const directory = mkdtempSync(join(tmpdir(), 'evident-log-'));
    const open: EventStore[] = [];
    return {
      async connect() {
        const store = await openEmbeddedEventStore({ path: join(directory, 'events.db'), ...options });
        open.push(store);
        return store;
      },
      async destroy() {
        await Promise.all(open.map((store) => store.close()));
        rmSync(directory, { recursive: true });
      },
    };
  };
}
