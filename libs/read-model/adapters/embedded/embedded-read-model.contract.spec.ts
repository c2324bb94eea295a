import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelContract } from '../../contract/read-model.contract.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openEmbeddedReadModel } from './index.ts';

readModelContract('embedded', {
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evident-read-model-'));
    const stores: ReadModelStore[] = [];
    return {
      connect: async () => {
        const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
        stores.push(store);
        return store;
      },
      destroy: async () => {
        for (const store of stores) await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});
