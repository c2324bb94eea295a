import { randomBytes } from 'node:crypto';
import { isMissing, startMongodbServer } from '@evident/testing';
import { MongoClient } from 'mongodb';
import { afterAll } from 'vitest';
import type { PersonKeysHarness } from '../../contract/person-keys.contract.ts';
import type { PersonKeys } from '../../src/person-keys.port.ts';
import { openMongodbPersonKeys } from './index.ts';

/** The server of this file's suites, with the reason where there is none. */
export async function sharedServer() {
  const started = await startMongodbServer();
  if (isMissing(started))
    return { server: { name: `no server: ${started.missing}`, url: '' }, missing: started.missing };
  afterAll(() => started.stop());
  return { server: started, missing: undefined };
}

/** A database that nothing else uses. */
export function freshDatabase({ url: address }: { readonly url: string }): string {
  const url = new URL(address);
  url.pathname = `/evident_test_${randomBytes(6).toString('hex')}`;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}

/** Short leases, so that the suite need not wait half a second for each erasure. */
export function harnessOn(server: { readonly url: string }): PersonKeysHarness {
  return async (wrappingKey) => {
    const url = freshDatabase(server);
    const connections: PersonKeys[] = [];
    return {
      async connect(options) {
        const keys = await openMongodbPersonKeys({ url, wrappingKey, leaseMs: 60, ...options });
        connections.push(keys);
        return keys;
      },
      async destroy() {
        await Promise.all(connections.map((keys) => keys.close()));
        await dropDatabase(url);
      },
    };
  };
}
