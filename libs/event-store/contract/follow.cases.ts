import assert from 'node:assert/strict';
import type { EventStoreCase } from './event-store-case.ts';
import { Following, inTime } from './following.ts';
import { anEvent, appendEach, aStream, assertFault, idsOf, readOn, someEvents } from './sample-events.ts';

export const followCases: readonly EventStoreCase[] = [
  {
    name: 'follow > the past, then what comes, whichever connection wrote it',
    async run(log) {
      const [store, other] = [await log.connect(), await log.connect()];
      const start = await store.lastPosition();
      await appendEach(store, aStream(), someEvents(5));
      const follower = new Following(store, start);
      await follower.until(5);
      for (let count = 6; count <= 25; count++) {
        await appendEach(count % 2 === 0 ? store : other, aStream(), [anEvent()]);
        await follower.until(count);
      }
      assert.deepEqual(await follower.stop(), await readOn(store, start));
    },
  },
  {
    name: 'follow > from the middle, strictly after the position',
    async run(log) {
      const store = await log.connect();
      const positions = await appendEach(store, aStream(), someEvents(8));
      const follower = new Following(store, positions[3]);
      await follower.until(4);
      await appendEach(store, aStream(), [anEvent()]);
      const events = await follower.until(5);
      await follower.stop();
      assert.deepEqual(
        events.slice(0, 4).map(({ position }) => position),
        positions.slice(4),
      );
      assert.deepEqual(events, await readOn(store, positions[3]));
    },
  },
  {
    name: 'follow > batches are never empty and never above their bound',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      for (let each = 0; each < 3; each++) await store.append(aStream(), someEvents(20), 'no-stream');
      for (const batchSize of [1, 7, 60, 500]) {
        const follower = new Following(store, start, batchSize);
        await follower.until(60);
        await follower.stop();
        assert.ok(
          follower.batchSizes.every((size) => size >= 1 && size <= batchSize),
          `${batchSize}: ${follower.batchSizes}`,
        );
      }
    },
  },
  {
    name: 'follow > a slow consumer is waited for, and misses nothing meanwhile',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const stop = new AbortController();
      const taken: string[] = [];
      await appendEach(store, aStream(), someEvents(3));
      for await (const batch of store.follow(start, { signal: stop.signal, batchSize: 3 })) {
        taken.push(...idsOf(batch));
        // Much happens while this batch is being worked on.
        if (taken.length < 30) await store.append(aStream(), someEvents(9), 'no-stream');
        if (taken.length >= 84) stop.abort();
      }
      assert.deepEqual(taken, idsOf(await readOn(store, start)).slice(0, taken.length));
    },
  },
  {
    name: 'follow > ends without an error when told to, waiting or not, and gives nothing where told before',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const before: unknown[] = [];
      for await (const batch of store.follow(start, { signal: AbortSignal.abort() })) before.push(batch);
      assert.deepEqual(before, []);

      const waiting = new Following(store, start);
      assert.deepEqual(await waiting.stop(), []);

      await appendEach(store, aStream(), someEvents(10));
      const stop = new AbortController();
      let batches = 0;
      for await (const _ of store.follow(start, { signal: stop.signal, batchSize: 1 })) {
        batches++;
        stop.abort();
      }
      assert.equal(batches, 1);
    },
  },
  {
    name: 'follow > a consumer that leaves lets go, and others go on',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const staying = new Following(store, start);
      await appendEach(store, aStream(), someEvents(3));
      for await (const _ of store.follow(start, { signal: new AbortController().signal, batchSize: 1 })) break;
      await appendEach(store, aStream(), someEvents(3));
      await staying.until(6);
      await staying.stop();
    },
  },
  {
    name: 'follow > many followers each see everything',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const followers = Array.from({ length: 10 }, (_, each) => new Following(store, start, 1 + each));
      await Promise.all(Array.from({ length: 20 }, () => store.append(aStream(), someEvents(2), 'no-stream')));
      const all = await readOn(store, start);
      for (const follower of followers) {
        await follower.until(40);
        assert.deepEqual(await follower.stop(), all);
      }
    },
  },
  {
    name: 'follow > a store that is closed ends its followers with a fault',
    async run(log) {
      const store = await log.connect();
      const follower = new Following(store, await store.lastPosition());
      await store.close();
      await assertFault(() => inTime(follower.ended, () => 'the follower does not end'), 'closed');
    },
  },
];
