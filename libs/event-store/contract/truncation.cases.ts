import assert from 'node:assert/strict';
import type { EventStore, Position, StoredEvent } from '../src/event-store.port.ts';
import type { EventStoreCase } from './event-store-case.ts';
import { Following } from './following.ts';
import {
  anEvent,
  aStream,
  assertAppended,
  assertConflict,
  assertFault,
  idsOf,
  readOn,
  someEvents,
} from './sample-events.ts';

/** A stream of forty events with another's between them, and what the log had before. */
async function history(store: EventStore) {
  const start = await store.lastPosition();
  const [stream, other] = [aStream(), aStream()];
  for (let round = 0; round < 20; round++) {
    assertAppended(await store.append(stream, someEvents(2), 'any'));
    assertAppended(await store.append(other, [anEvent()], 'any'));
  }
  return { start, stream, other, events: await store.readStream(stream), beside: await store.readStream(other) };
}

/** Without what an adapter may still show until it has cleared up. */
function left(events: readonly StoredEvent[], stream: string, first: number): readonly StoredEvent[] {
  return events.filter((event) => event.stream !== stream || event.revision >= first);
}

/** The log backwards from a position on, as far as another. */
async function readBack(store: EventStore, before: Position, start: Position | undefined): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let from = before; ; ) {
    const page = await store.readAllBackwards(from, 7);
    if ('outcome' in page) assert.fail('a position that was let go is none of this log');
    all.push(...page.filter(({ position }) => start === undefined || position > start));
    from = page.at(-1)?.position ?? from;
    if (page.length < 7 || (start !== undefined && from <= start)) return all;
  }
}

export const truncationCases: readonly EventStoreCase[] = [
  {
    name: 'truncation > a stream begins at the revision, and what is left is as it was',
    async run(log) {
      const store = await log.connect();
      const { stream, other, events, beside } = await history(store);
      const last = await store.lastPosition();
      assert.equal(await store.truncateStream(stream, 21), 21);
      const kept = events.slice(21);
      for (const from of [0, 3, 16, 20, 21]) {
        assert.deepEqual(await store.readStream(stream, { from }), kept, `from ${from}`);
        assert.deepEqual(await store.readStream(stream, { from, limit: 3 }), kept.slice(0, 3), `three from ${from}`);
      }
      assert.deepEqual(await store.readStream(stream, { from: 30, limit: 2 }), kept.slice(9, 11));
      for (const count of [1, 19, 20, 40])
        assert.deepEqual(await store.readStreamEnd(stream, count), kept.slice(-count));
      assert.deepEqual(await store.readStream(other), beside);
      assert.equal(await store.lastPosition(), last);
    },
  },
  {
    name: 'truncation > the stream goes on where it ended, also for others who have it open',
    async run(log) {
      const [store, another] = [await log.connect(), await log.connect()];
      const { stream, events } = await history(store);
      assert.equal((await another.readStream(stream)).length, 40);
      await store.truncateStream(stream, 39);
      assert.deepEqual(await another.readStream(stream), events.slice(39));
      assertConflict(await another.append(stream, [anEvent()], 'no-stream'), 39);
      assertConflict(await another.append(stream, [anEvent()], { revision: 0 }), 39);
      assert.equal(assertAppended(await another.append(stream, [anEvent()], { revision: 39 })).revision, 40);
      assert.equal(assertAppended(await store.append(stream, [anEvent()], 'any')).revision, 41);
    },
  },
  {
    name: 'truncation > the end of a stream always stays',
    async run(log) {
      const store = await log.connect();
      const { stream, events } = await history(store);
      assert.equal(await store.truncateStream(stream, 1_000), 39);
      assert.deepEqual(await store.readStream(stream), events.slice(39));
      assert.equal(await store.truncateStream(aStream(), 3), 0);
    },
  },
  {
    name: 'truncation > again it changes nothing, and at an earlier revision it brings nothing back',
    async run(log) {
      const store = await log.connect();
      const { stream, events } = await history(store);
      await store.truncateStream(stream, 5);
      await store.truncateStream(stream, 12);
      for (const before of [12, 5, 0]) assert.equal(await store.truncateStream(stream, before), 12);
      assert.deepEqual(await store.readStream(stream), events.slice(12));
    },
  },
  {
    name: 'truncation > the log goes on over the gap, from a position in it as from any other',
    async run(log) {
      const store = await log.connect();
      const { start, stream, events } = await history(store);
      const whole = await readOn(store, start);
      await store.truncateStream(stream, 30);
      const kept = left(whole, stream, 30);
      assert.deepEqual(left(await readOn(store, start, 7), stream, 30), kept);
      for (const { position } of events.slice(0, 30)) {
        const after = kept.filter((event) => event.position > position);
        assert.deepEqual(left(await readOn(store, position, 9), stream, 30), after);
        const before = kept.filter((event) => event.position < position).toReversed();
        assert.deepEqual(left(await readBack(store, position, start), stream, 30), before);
        assert.equal(store.compare(position, position), 0);
      }
    },
  },
  {
    name: 'truncation > a follower from a position in the gap skips nothing that is left and doubles nothing',
    async run(log) {
      const store = await log.connect();
      const { start, stream, events } = await history(store);
      const whole = await readOn(store, start);
      await store.truncateStream(stream, 30);
      const position = events[8]?.position;
      const due = left(whole, stream, 30).filter((event) => position !== undefined && event.position > position);
      const end = assertAppended(await store.append(aStream(), [anEvent()], 'no-stream'));
      const following = new Following(store, position, 4);
      for (let seen = due.length; following.events.at(-1)?.position !== end.position; seen++)
        await following.until(seen);
      await following.stop();
      assert.deepEqual(left(following.events, stream, 30).slice(0, -1), due);
    },
  },
  {
    name: 'truncation > what was let go is at once gone from the order of the log',
    needs: 'gone-at-once',
    async run(log) {
      const [store, another] = [await log.connect(), await log.connect()];
      const { start, stream } = await history(store);
      const whole = await readOn(another, start);
      await store.truncateStream(stream, 30);
      for (const each of [store, another]) {
        for (const page of [1, 8, 100]) assert.deepEqual(await readOn(each, start, page), left(whole, stream, 30));
      }
      const following = new Following(store, start);
      assert.deepEqual([...(await following.until(whole.length - 30))], left(whole, stream, 30));
      await following.stop();
    },
  },
  {
    name: 'truncation > the same append again is not known, and no doubled end',
    async run(log) {
      const [store, another] = [await log.connect(), await log.connect()];
      const stream = aStream();
      const events = someEvents(6);
      for (const event of events) assertAppended(await another.append(stream, [event], 'any'));
      await store.truncateStream(stream, 4);
      for (const each of [store, another]) {
        assertConflict(await each.append(stream, events.slice(0, 1), 'no-stream'), 5);
        assert.equal(assertAppended(await each.append(stream, events.slice(5), { revision: 4 })).repeated, true);
      }
      assert.deepEqual(idsOf(await store.readStream(stream)), idsOf(events.slice(4)));
    },
  },
  {
    name: 'truncation > is there after a restart, and goes on',
    async run(log) {
      const store = await log.connect();
      const { stream, events } = await history(store);
      await store.truncateStream(stream, 18);
      await store.close();
      const again = await log.connect();
      assert.deepEqual(await again.readStream(stream), events.slice(18));
      assert.equal(await again.truncateStream(stream, 25), 25);
      assert.deepEqual(await again.readStream(stream), events.slice(25));
    },
  },
  {
    name: 'truncation > of a stream that is long, and of nonsense',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      for (let round = 0; round < 4; round++) assertAppended(await store.append(stream, someEvents(300), 'any'));
      assert.equal(await store.truncateStream(stream, 1_150), 1_150);
      assert.deepEqual(
        (await store.readStream(stream)).map(({ revision }) => revision),
        range(1_150, 1_200),
      );
      for (const before of [-1, 0.5, Number.NaN])
        await assertFault(() => store.truncateStream(stream, before), 'misuse');
      await store.close();
      await assertFault(() => store.truncateStream(stream, 1_160), 'closed');
    },
  },
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
