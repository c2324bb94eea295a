import { logCopyContract } from '../../contract/log-copy.contract.ts';
import type { CopyPlace } from '../../contract/log-copy-case.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { openEventStoreDb, openEventStoreDbLogCopy } from './index.ts';
import { ScriptedServer } from './scripted-server.fixture.ts';

const name = 'eventstoredb, its mapping shown on a scripted server (no EventStoreDB)';
const make = async (): Promise<CopyPlace> => {
  const server = await ScriptedServer.start();
  const stores: EventStore[] = [];
  return {
    open: (source) => openEventStoreDbLogCopy({ url: server.url, source }),
    async openLog() {
      const store = await openEventStoreDb({ url: server.url });
      stores.push(store);
      return store;
    },
    async destroy() {
      for (const store of stores) await store.close();
      server.stop();
    },
  };
};
logCopyContract(name, make, { 'late-beginnings': 'EventStoreDB begins every stream with revision 0' });
