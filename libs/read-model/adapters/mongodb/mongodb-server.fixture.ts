import { randomBytes } from 'node:crypto';
import { isMissing, type MongodbServer, startMongodbServer } from '@evident/testing';
import { MongoClient } from 'mongodb';
import { afterAll } from 'vitest';
import type { ReadModelHarness } from '../../contract/read-model.contract.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { type MongodbReadModelOptions, openMongodbReadModel } from './index.ts';

/** The server of this file's suites, with the reason where there is none. */
export async function sharedServer(): Promise<{
  readonly server: MongodbServer;
  readonly missing: string | undefined;
}> {
  const started = await startMongodbServer();
  if (!isMissing(started)) {
    afterAll(() => started.stop());
    return { server: started, missing: undefined };
  }
  const nothing = { name: `no server: ${started.missing}`, url: '', faults: undefined, stop: async () => {} };
  return { server: nothing, missing: started.missing };
}

/** A database that nothing else uses. */
export function freshDatabase(server: Pick<MongodbServer, 'url'>): string {
  const url = new URL(server.url);
  url.pathname = `/evident_test_${randomBytes(6).toString('hex')}`;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}

const runs = Number(process.env.MODEL_RUNS ?? 8);

/** A read model in a database of its own for each case. */
export function harnessOn(
  server: Pick<MongodbServer, 'url'>,
  options: Omit<MongodbReadModelOptions, 'url'> = {},
): ReadModelHarness {
  return async () => {
    const url = freshDatabase(server);
    const stores: ReadModelStore[] = [];
    return {
      runs,
      connect: async () => {
        const store = await openMongodbReadModel({ url, ...options });
        stores.push(store);
        return store;
      },
      destroy: async () => {
        for (const store of stores) await store.close();
        await dropDatabase(url);
      },
    };
  };
}
