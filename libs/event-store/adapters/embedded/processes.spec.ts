import { afterEach, beforeEach, expect, it } from 'vitest';
import { Following } from '../../contract/following.ts';
import { assertOrdered } from '../../contract/ordering.cases.ts';
import { idsOf, readOn } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';
import { SpawnedWriter } from './spawned-writer.fixture.ts';

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

it('orders the writes of two processes as one log, which a third follows without loss, double or wrong order', async () => {
  const store = await log.connect();
  const follower = new Following(store, undefined, 50);
  const writers = ['one', 'two'].map((name) => new SpawnedWriter(log.path, name, 8, 300));
  await Promise.all(writers.map((writer) => writer.end()));

  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  expect(acknowledged).toHaveLength(600);
  const followed = [...(await follower.until(acknowledged.flat().length))];
  await follower.stop();
  assertOrdered(store, followed);
  expect(followed).toEqual(await readOn(store, undefined));
  expect(new Set(idsOf(followed))).toEqual(new Set(acknowledged.flat()));
  expect(followed).toHaveLength(acknowledged.flat().length);
  // Both had their turn in the stream that both wrote.
  expect(new Set((await store.readStream('shared-main')).map(({ data }) => data.name))).toEqual(
    new Set(['one', 'two']),
  );
  expect((await checkEmbeddedLog(log.path)).problems).toEqual([]);
});
