import { FindCursor } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assertApplied, people, upTo, write, writesTo } from '../../contract/people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openMongodbReadModel } from './index.ts';
import { dropDatabase, freshDatabase, sharedServer } from './mongodb-server.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });
const { server, missing } = await sharedServer();
const ada = { tenant: 'main', name: 'ada' };
const many = 100;

/** Webhooks have a group each, and no rows. */
describe.skipIf(missing !== undefined)(`groups without rows, on ${server.name}`, () => {
  let url: string;
  let store: ReadModelStore;
  let epoch: number;

  beforeEach(async () => {
    url = freshDatabase(server);
    store = await openMongodbReadModel({ url });
    await store.prepare([people]);
    ({ epoch } = await store.takeOver('directory'));
    assertApplied(await store.startOver('directory', { epoch, drop: [people], forget: [], views: [people] }));
    for (let n = 0; n < many; n += 1) await store.takeOver(`webhook.${n}`);
  });
  afterEach(async () => {
    await store.close();
    await dropDatabase(url);
  });

  /** How many records of groups a process that begins anew is sent while it does this. */
  async function sentWhile(act: (store: ReadModelStore) => Promise<void>): Promise<number> {
    const watched = await openMongodbReadModel({ url });
    const answers: Promise<unknown[]>[] = [];
    const { toArray } = FindCursor.prototype;
    const spy = vi.spyOn(FindCursor.prototype, 'toArray').mockImplementation(function (this: FindCursor) {
      const answer = toArray.call(this);
      if (this.namespace.collection === 'groups') answers.push(answer);
      return answer;
    });
    try {
      await act(watched);
      return (await Promise.all(answers)).flat().length;
    } finally {
      spy.mockRestore();
      await watched.close();
    }
  }

  it('are not read to find rows, to write them, or to take over', async () => {
    const writes = writesTo(people, write('ada', ada, 1));
    const sent = await sentWhile(async (watched) => {
      assertApplied(await watched.applyBatch('directory', { epoch, progress: upTo(1), writes }));
      expect(await watched.get(people, 'ada')).toEqual(ada);
      await watched.takeOver('webhook.7');
    });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(many / 2);
  });
});
