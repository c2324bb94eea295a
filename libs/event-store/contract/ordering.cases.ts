import assert from 'node:assert/strict';
import type { EventStore, StoredEvent } from '../src/event-store.port.ts';
import type { EventStoreCase, LogUnderTest } from './event-store-case.ts';
import { Following } from './following.ts';
import { anEvent, aStream, assertAppended, idsOf, readOn, someEvents } from './sample-events.ts';

/** Positions and times only go up, and each stream's revisions are dense from 0. */
export function assertOrdered(store: EventStore, events: readonly StoredEvent[]): void {
  const next = new Map<string, number>();
  let before: StoredEvent | undefined;
  for (const event of events) {
    if (before !== undefined) {
      const compared = store.compare(before.position, event.position);
      assert.ok(typeof compared === 'number' && compared < 0, `${event.position} after ${before.position}`);
      assert.ok(event.recordedAt >= before.recordedAt, `recorded at ${event.recordedAt} after ${before.recordedAt}`);
    }
    assert.equal(event.revision, next.get(event.stream) ?? 0, `${event.stream} at ${event.position}`);
    next.set(event.stream, event.revision + 1);
    before = event;
  }
}

/** Writers on two connections, some appends large and slow, some single. Gives the ids that were acknowledged. */
async function writeBusily(log: LogUnderTest, appendsEach: number): Promise<Set<string>> {
  const stores = [await log.connect(), await log.connect()];
  const streams = [aStream(), aStream(), aStream(), aStream()];
  const acknowledged = new Set<string>();
  const write = async (writer: number): Promise<void> => {
    for (let round = 0; round < appendsEach; round++) {
      const events = writer % 3 === 0 ? someEvents(20) : [anEvent({ writer, round })];
      const stream = streams[(writer + round) % streams.length] ?? '';
      assertAppended((await stores[writer % 2]?.append(stream, events, 'any')) ?? assert.fail('no store'));
      for (const { id } of events) acknowledged.add(id);
    }
  };
  await Promise.all(Array.from({ length: 9 }, (_, writer) => write(writer)));
  return acknowledged;
}

export const orderingCases: readonly EventStoreCase[] = [
  {
    name: 'ordering > one total order while slow and fast writers race',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const acknowledged = await writeBusily(log, 10);
      const events = await readOn(store, start, 37);
      assertOrdered(store, events);
      assert.deepEqual(new Set(idsOf(events)), acknowledged);
      assert.equal(events.length, acknowledged.size);
    },
  },
  {
    name: 'ordering > a live follower sees each event once, in the order in which the log keeps it',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const followers = [new Following(store, start), new Following(await log.connect(), start, 3)];
      const acknowledged = await writeBusily(log, 10);
      for (const follower of followers) await follower.until(acknowledged.size);
      const kept = idsOf(await readOn(store, start));
      for (const follower of followers) assert.deepEqual(idsOf(await follower.stop()), kept);
    },
  },
  {
    name: 'ordering > a reader that goes on from its last event while others write misses none',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const seen: StoredEvent[] = [];
      let writing = true;
      const reading = (async () => {
        for (;;) {
          const done = !writing;
          seen.push(...(await readOn(store, seen.at(-1)?.position ?? start, 4)));
          if (done) return;
          await new Promise(setImmediate);
        }
      })();
      const acknowledged = await writeBusily(log, 8);
      writing = false;
      await reading;
      assertOrdered(store, seen);
      assert.deepEqual(new Set(idsOf(seen)), acknowledged);
      assert.equal(seen.length, acknowledged.size);
    },
  },
  {
    name: 'ordering > a follower that restarts at every position misses none and doubles none',
    async run(log) {
      const store = await log.connect();
      const start = await store.lastPosition();
      const writing = writeBusily(log, 3);
      const follower = new Following(store, start);
      const all = await follower.until((await writing).size);
      await follower.stop();
      const other = await log.connect();
      for (let at = 0; at < all.length; at++) {
        const rest = new Following(other, all[at]?.position, 50);
        const due = idsOf(all.slice(at + 1, at + 61));
        assert.deepEqual(idsOf(await rest.until(due.length)).slice(0, 60), due, `from ${all[at]?.position}`);
        await rest.stop();
      }
    },
  },
];
