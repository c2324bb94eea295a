import { afterAll, beforeAll } from 'vitest';
import { eventStoreContract } from '../../contract/index.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { openEventStoreDb } from './index.ts';
import { ScriptedServer } from './scripted-server.fixture.ts';

/** One server for most cases; `empty-log` gets its own. */
let shared: ScriptedServer;
beforeAll(async () => {
  shared = await ScriptedServer.start();
});
afterAll(() => shared.stop());

const noUniqueIds = 'EventStoreDB has no index of event ids over all streams';
const goneLater = 'EventStoreDB shows it among all events until its next scavenge';
eventStoreContract('eventstoredb, its mapping shown on a scripted server (no EventStoreDB)', {
  capabilities: {
    'unique-ids': noUniqueIds,
    'empty-log': true,
    'unpaired-surrogates': true,
    'gone-at-once': goneLater,
  },
  open: async (needs) => {
    const server = needs === 'empty-log' ? await ScriptedServer.start() : shared;
    const stores: EventStore[] = [];
    return {
      async connect() {
        const store = await openEventStoreDb({ url: server.url });
        stores.push(store);
        return store;
      },
      async destroy() {
        for (const store of stores) await store.close();
        if (server !== shared) server.stop();
      },
    };
  },
});
