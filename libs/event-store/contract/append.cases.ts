import assert from 'node:assert/strict';
import { type Expected, maxAppendBytes } from '../src/event-store.port.ts';
import type { EventStoreCase } from './event-store-case.ts';
import {
  anEvent,
  aStream,
  assertAppended,
  assertConflict,
  assertFault,
  asWritten,
  readOn,
  someEvents,
} from './sample-events.ts';

const expectations: readonly Expected[] = [
  'no-stream',
  'any',
  { revision: 0 },
  { revision: 1 },
  { revision: 2 },
  { revision: 9 },
];

/** Every end of a stream against everything that may be expected of it. */
const matrix: readonly EventStoreCase[] = [0, 1, 3].flatMap((length) =>
  expectations.map((expected) => {
    const holds = expected === 'any' || (expected === 'no-stream' ? -1 : expected.revision) === length - 1;
    const said = typeof expected === 'string' ? expected : `revision ${expected.revision}`;
    return {
      name: `append > a stream of ${length}, expected ${said}: ${holds ? 'appended' : 'conflict'}`,
      async run(log) {
        const store = await log.connect();
        const stream = aStream();
        const before = someEvents(length);
        for (const [index, event] of before.entries()) {
          assertAppended(await store.append(stream, [event], index === 0 ? 'no-stream' : { revision: index - 1 }));
        }
        const more = someEvents(2);
        const outcome = await store.append(stream, more, expected);
        if (holds) {
          const { revision, repeated } = assertAppended(outcome);
          assert.deepEqual({ revision, repeated }, { revision: length + 1, repeated: false });
        } else assertConflict(outcome, length - 1);
        const after = holds ? [...before, ...more] : before;
        assert.deepEqual((await store.readStream(stream)).map(asWritten), after);
      },
    };
  }),
);

export const appendCases: readonly EventStoreCase[] = [
  ...matrix,
  {
    name: 'append > an acknowledged append is read at once, by every connection',
    async run(log) {
      const [store, other] = [await log.connect(), await log.connect()];
      for (let round = 0; round < 20; round++) {
        const stream = aStream();
        const event = anEvent();
        const { position } = assertAppended(await store.append(stream, [event], 'no-stream'));
        const mine = store.readStream(stream);
        assert.deepEqual((await other.readStream(stream)).map(asWritten), [event]);
        assert.deepEqual((await mine).map(asWritten), [event]);
        assert.equal(await other.lastPosition(), position);
      }
    },
  },
  {
    name: 'append > all events of an append are there or none',
    async run(log) {
      const [store, other] = [await log.connect(), await log.connect()];
      const stream = aStream();
      const start = await store.lastPosition();
      let writing = true;
      const seen = new Set<number>();
      const watching = (async () => {
        while (writing) {
          seen.add((await other.readStream(stream)).length % 7);
          await new Promise(setImmediate);
        }
      })();
      for (let round = 0; round < 15; round++) {
        assertAppended(await store.append(stream, someEvents(7), 'any'));
        assertConflict(await store.append(stream, someEvents(7), 'no-stream'), round * 7 + 6);
      }
      writing = false;
      await watching;
      assert.deepEqual([...seen], [0]);
      const events = await readOn(store, start);
      assert.equal(events.length, 15 * 7);
    },
  },
  {
    name: 'append > tells place and time of its last event',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const first = assertAppended(await store.append(stream, someEvents(3), 'no-stream'));
      const events = await store.readStream(stream);
      const { position, revision, recordedAt } = events[2] ?? assert.fail('the stream is too short');
      assert.deepEqual(first, { outcome: 'appended', position, revision, recordedAt, repeated: false });
      assert.equal(revision, 2);
    },
  },
  {
    name: 'append > of racing writers exactly one wins each revision',
    async run(log) {
      const stores = [await log.connect(), await log.connect()];
      const stream = aStream();
      let won = 0;
      for (let round = 0; round < 10; round++) {
        const expected = round === 0 ? 'no-stream' : { revision: round - 1 };
        const racing = Array.from({ length: 12 }, (_, racer) =>
          stores[racer % 2]?.append(stream, [anEvent({ round, racer })], expected),
        );
        const outcomes = await Promise.all(racing);
        won += outcomes.filter((outcome) => outcome?.outcome === 'appended').length;
        for (const outcome of outcomes) if (outcome?.outcome === 'conflict') assert.equal(outcome.actual, round);
      }
      assert.equal(won, 10);
      const events = (await stores[0]?.readStream(stream)) ?? [];
      assert.deepEqual(
        events.map(({ data }) => data.round),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    },
  },
  {
    name: 'append > keeps an event as it was at the call',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const data = { member: 'as it was' };
      const appending = store.append(stream, [anEvent(data)], 'no-stream');
      data.member = 'changed since';
      await appending;
      assert.deepEqual((await store.readStream(stream))[0]?.data, { member: 'as it was' });
    },
  },
  {
    name: 'append > refuses what can never be appended as misuse, and goes on',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const twice = anEvent();
      await assertFault(() => store.append(stream, [], 'any'), 'misuse');
      await assertFault(() => store.append(stream, [twice, twice], 'any'), 'misuse');
      await assertFault(() => store.append('', [anEvent()], 'any'), 'misuse');
      await assertFault(() => store.append(stream, [anEvent({}, 'not a uuid')], 'any'), 'misuse');
      await assertFault(() => store.append(stream, [anEvent()], { revision: -1 }), 'misuse');
      await assertFault(() => store.append(stream, [anEvent()], { revision: 0.5 }), 'misuse');
      await assertFault(() => store.append(stream, [{ ...anEvent(), type: '' }], 'any'), 'misuse');
      await assertFault(() => store.append(stream, [{ ...anEvent(), schema: 0 }], 'any'), 'misuse');
      assert.deepEqual(await store.readStream(stream), []);
      assertAppended(await store.append(stream, [anEvent()], 'no-stream'));
    },
  },
  {
    name: 'append > refuses more than it may hold as too large, whole',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const half = anEvent({ text: 'é'.repeat(maxAppendBytes / 4) });
      await assertFault(
        () => store.append(stream, [half, anEvent({ text: 'x'.repeat(maxAppendBytes / 2) })], 'any'),
        'too-large',
      );
      assert.deepEqual(await store.readStream(stream), []);
      assertAppended(await store.append(stream, [half], 'no-stream'));
    },
  },
];
