import assert from 'node:assert/strict';
import type { EventStoreCase } from './event-store-case.ts';
import { anEvent, appendEach, aStream, assertAppended, idsOf, readOn, someEvents } from './sample-events.ts';

export const readCases: readonly EventStoreCase[] = [
  {
    name: 'read > a stream that never was is empty, also one whose name begins alike',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      await store.append(stream, [anEvent()], 'no-stream');
      for (const other of [`${stream}x`, stream.slice(0, -1), stream.toUpperCase(), aStream()]) {
        assert.deepEqual(await store.readStream(other), []);
        assert.deepEqual(await store.readStreamEnd(other, 5), []);
      }
    },
  },
  {
    name: 'read > a stream from any revision, any number of events, and its end',
    async run(log) {
      const store = await log.connect();
      const [stream, between] = [aStream(), aStream()];
      const events = someEvents(70);
      for (let at = 0; at < events.length; at += 7) {
        assertAppended(await store.append(stream, events.slice(at, at + 7), 'any'));
        await store.append(between, [anEvent()], 'any');
      }
      const ids = idsOf(events);
      for (let from = 0; from <= 72; from++) {
        const read = await store.readStream(stream, { from });
        assert.deepEqual(idsOf(read), ids.slice(from), `from ${from}`);
        assert.deepEqual(
          read.map(({ revision }) => revision),
          ids.slice(from).map((_, index) => from + index),
        );
        for (const limit of [1, 2, 16, 33]) {
          assert.deepEqual(
            idsOf(await store.readStream(stream, { from, limit })),
            ids.slice(from, from + limit),
            `from ${from}, ${limit}`,
          );
        }
        assert.deepEqual(
          idsOf(await store.readStreamEnd(stream, from)),
          ids.slice(Math.max(0, 70 - from)),
          `the last ${from}`,
        );
      }
    },
  },
  {
    name: 'read > what was read of a stream and of the log is the same',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const streams = [aStream(), aStream(), aStream()];
      for (let round = 0; round < 9; round++)
        await store.append(streams[round % 3] ?? '', someEvents(1 + (round % 4)), 'any');
      const all = await readOn(store, start);
      for (const stream of streams) {
        assert.deepEqual(
          await store.readStream(stream),
          all.filter((event) => event.stream === stream),
        );
      }
    },
  },
  {
    name: 'read > pages of any size give the same log, and only the last is short',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      await Promise.all(Array.from({ length: 12 }, () => store.append(aStream(), someEvents(2), 'no-stream')));
      const whole = await readOn(store, start, 1000);
      assert.equal(whole.length, 24);
      for (const page of [1, 2, 5, 23, 24, 25])
        assert.deepEqual(await readOn(store, start, page), whole, `pages of ${page}`);
      for (const [index, event] of whole.entries()) {
        const after = await store.readAll(event.position, 5);
        assert.deepEqual(after, whole.slice(index + 1, index + 6));
      }
    },
  },
  {
    name: 'read > backwards from the end and from any event, in pages of any size, it is the same log turned round',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      await Promise.all(Array.from({ length: 6 }, () => store.append(aStream(), someEvents(2), 'no-stream')));
      const whole = (await readOn(store, start, 1000)).toReversed();
      assert.deepEqual(await store.readAllBackwards(undefined, whole.length), whole);
      for (const [index, event] of whole.entries()) {
        const limit = Math.min(3, whole.length - index - 1);
        const before = await store.readAllBackwards(event.position, limit);
        assert.deepEqual(before, whole.slice(index + 1, index + 1 + limit));
      }
      const first = whole.at(-1);
      if (start === undefined) assert.deepEqual(await store.readAllBackwards(first?.position, 5), []);
      else
        assert.equal(
          ((await store.readAllBackwards(first?.position, 1)) as readonly { position: string }[])[0]?.position,
          start,
        );
    },
  },
  {
    name: 'read > an empty log has no events and no last position',
    needs: 'empty-log',
    async run(log) {
      const store = await log.connect();
      assert.equal(await store.lastPosition(), undefined);
      assert.deepEqual(await store.readAll(undefined, 10), []);
      const [first] = await appendEach(store, aStream(), [anEvent()]);
      assert.equal(await store.lastPosition(), first);
      assert.equal((await readOn(store, undefined)).length, 1);
    },
  },
];
