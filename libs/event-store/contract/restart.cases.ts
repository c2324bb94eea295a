import assert from 'node:assert/strict';
import type { EventStoreCase } from './event-store-case.ts';
import {
  anEvent,
  appendEach,
  aStream,
  assertAppended,
  assertFault,
  idsOf,
  readOn,
  someEvents,
} from './sample-events.ts';

export const restartCases: readonly EventStoreCase[] = [
  {
    name: 'restart > everything is as it was: id, positions, times, contents',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const stream = aStream();
      await appendEach(store, stream, someEvents(5));
      const before = { logId: store.logId, all: await readOn(store, start), last: await store.lastPosition() };
      await store.close();
      const again = await log.connect();
      assert.deepEqual(
        { logId: again.logId, all: await readOn(again, start), last: await again.lastPosition() },
        before,
      );
      assert.deepEqual(await again.readStream(stream), before.all);
    },
  },
  {
    name: 'restart > an append is known again, and the stream goes on where it ended',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const events = someEvents(2);
      const first = assertAppended(await store.append(stream, events, 'no-stream'));
      await store.close();
      const again = await log.connect();
      assert.deepEqual(await again.append(stream, events, 'no-stream'), { ...first, repeated: true });
      assert.equal(assertAppended(await again.append(stream, [anEvent()], { revision: 1 })).revision, 2);
    },
  },
  {
    name: 'restart > closing finishes the appends in flight',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const events = someEvents(50);
      const appending = events.map((event) => store.append(stream, [event], 'any'));
      await store.close();
      for (const outcome of await Promise.all(appending)) assertAppended(outcome);
      const again = await log.connect();
      assert.deepEqual(idsOf(await again.readStream(stream)), idsOf(events));
    },
  },
  {
    name: 'restart > a store that was closed says so, and may be closed again',
    async run(log) {
      const store = await log.connect();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await assertFault(() => store.append(aStream(), [anEvent()], 'any'), 'closed');
      await assertFault(() => store.readStream(aStream()), 'closed');
      await assertFault(() => store.readStreamEnd(aStream(), 1), 'closed');
      await assertFault(() => store.readAll(undefined, 1), 'closed');
      await assertFault(() => store.lastPosition(), 'closed');
      assert.equal(store.parsePosition(''), undefined);
    },
  },
];
