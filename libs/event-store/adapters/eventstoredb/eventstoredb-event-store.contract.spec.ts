import { isMissing, startEventStoreDb } from '@evident/testing';
import { afterAll, describe } from 'vitest';
import { eventStoreContract } from '../../contract/index.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { openEventStoreDb } from './index.ts';

const started = await startEventStoreDb();
const missing = isMissing(started) ? started.missing : undefined;
const url = isMissing(started) ? '' : started.url;
afterAll(() => (isMissing(started) ? undefined : started.stop()));

describe.skipIf(missing !== undefined)(isMissing(started) ? `EventStoreDB (${missing})` : started.name, () => {
  eventStoreContract('eventstoredb', {
    capabilities: {
      'unique-ids': 'EventStoreDB has no index of event ids over all streams',
      'empty-log': 'one server serves all cases, and its log cannot be emptied',
      'unpaired-surrogates': true,
      'gone-at-once': 'EventStoreDB shows it among all events until its next scavenge',
    },
    open: async () => {
      const stores: EventStore[] = [];
      return {
        async connect() {
          const store = await openEventStoreDb({ url });
          stores.push(store);
          return store;
        },
        async destroy() {
          for (const store of stores) await store.close();
        },
      };
    },
  });
});
