import assert from 'node:assert/strict';
import { eventDigest } from '../src/event-digest.ts';
import { type JsonObject, maxAppendBytes } from '../src/event-store.port.ts';
import type { EventStoreCase, LogUnderTest } from './event-store-case.ts';
import { anEvent, aStream, assertAppended, asWritten, readOn, someEvents } from './sample-events.ts';

const unicode: JsonObject = {
  emoji: '👩‍👩‍👧‍👦 🏴‍☠️',
  'key with ünïcödé and "quotes"': 'ä\u0301 is not ä',
  rightToLeft: 'שלום مرحبا',
  controls: '\u0000\u0001\b\t\n\u001f\u007f\u2028\u2029\ufeff',
  astral: '𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
};

const shapes: JsonObject = {
  '': 'an empty name',
  numbers: [0, -1, 1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0.1],
  empty: [{}, [], '', null, false],
  nested: { a: [{ b: [[[{ c: null }]]] }] },
  10: 'a name that looks like an index',
  9: 'another',
  ...JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": null}'),
};

async function assertKept(log: LogUnderTest, data: JsonObject): Promise<void> {
  const store = await log.connect();
  const stream = aStream();
  const start = await store.lastPosition();
  const event = anEvent(data);
  assertAppended(await store.append(stream, [event], 'no-stream'));
  const [read] = await store.readStream(stream);
  const [again] = await readOn(await log.connect(), start);
  if (read === undefined) assert.fail('nothing was read');
  assert.deepEqual(asWritten(read), event);
  assert.deepEqual(again, read);
  assert.match(eventDigest(read), /^[0-9a-f]{64}$/);
}

export const contentCases: readonly EventStoreCase[] = [
  { name: 'content > keeps text of every script, and control characters', run: (log) => assertKept(log, unicode) },
  {
    name: 'content > keeps every shape of JSON, and names that mean something to JavaScript',
    run: (log) => assertKept(log, shapes),
  },
  {
    name: 'content > keeps unpaired surrogates',
    needs: 'unpaired-surrogates',
    run: (log) => assertKept(log, { high: '\ud800', low: 'a\udc00b', '\udfff': 'in a name' }),
  },
  {
    name: 'content > keeps all metadata',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const event = anEvent();
      const metadata = {
        ...event.metadata,
        onBehalfOf: 'user:1',
        causationId: 'c-1',
        sealedClient: { person: 'p', box: { n: [1, 'é'] } },
      };
      await store.append(stream, [{ ...event, type: 'user.identifier-added', schema: 7, metadata }], 'no-stream');
      const [read] = await store.readStream(stream);
      assert.deepEqual([read?.metadata, read?.type, read?.schema], [metadata, 'user.identifier-added', 7]);
    },
  },
  {
    name: 'content > keeps a large event and many events in one append',
    async run(log) {
      const store = await log.connect();
      const [large, many] = [aStream(), aStream()];
      const event = anEvent({ text: 'x'.repeat(maxAppendBytes - 5000), end: 'here' });
      assertAppended(await store.append(large, [event], 'no-stream'));
      const events = someEvents(1000);
      assert.equal(assertAppended(await store.append(many, events, 'no-stream')).revision, 999);
      assert.deepEqual((await store.readStream(large)).map(asWritten), [event]);
      assert.deepEqual((await store.readStream(many)).map(asWritten), events);
    },
  },
  {
    name: 'content > keeps many streams apart',
    async run(log) {
      const store = await log.connect();
      const streams = Array.from({ length: 400 }, (_, number) => `${aStream()}.${number}`);
      await Promise.all(streams.map((stream, number) => store.append(stream, [anEvent({ number })], 'no-stream')));
      await Promise.all(streams.map((stream, number) => store.append(stream, [anEvent({ number })], { revision: 0 })));
      for (const [number, stream] of streams.entries()) {
        assert.deepEqual(
          (await store.readStream(stream)).map(({ data }) => data),
          [{ number }, { number }],
        );
      }
    },
  },
];
