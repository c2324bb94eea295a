import { describe, expect, it, vi } from 'vitest';
import { people } from '../../contract/people.ts';
import { openMongodbReadModel } from './index.ts';
import { dropDatabase, freshDatabase, sharedServer } from './mongodb-server.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });
const { server, missing } = await sharedServer();
const rounds = 5;

async function start(url: string): Promise<void> {
  const store = await openMongodbReadModel({ url });
  try {
    await store.prepare([people]);
  } finally {
    await store.close();
  }
}

describe.skipIf(missing !== undefined)(`processes that start at once, on ${server.name}`, () => {
  it('all open a database that is not there yet, and prepare its views', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const url = freshDatabase(server);
      const started = await Promise.allSettled([start(url), start(url), start(url)]);
      expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
      await dropDatabase(url);
    }
  });
});
