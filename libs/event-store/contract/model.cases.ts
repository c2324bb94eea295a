import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AppendOutcome, EventStore, Expected, NewEvent, Position } from '../src/event-store.port.ts';
import type { EventStoreCase } from './event-store-case.ts';
import { anEvent, aStream, idsOf, readOn } from './sample-events.ts';

/** What the log must hold: its order, and for each stream the ids in it. */
class LogModel {
  readonly order: string[] = [];
  readonly streams = new Map<string, string[]>();

  append(
    stream: string,
    ids: readonly string[],
    expected: Expected,
  ): Pick<AppendOutcome, 'outcome'> & { repeated?: boolean } {
    const kept = this.streams.get(stream) ?? [];
    const at = kept.indexOf(ids[0] ?? '');
    if (ids.some((id) => kept.includes(id))) {
      const repeated = at !== -1 && ids.every((id, index) => kept[at + index] === id);
      return repeated ? { outcome: 'appended', repeated: true } : { outcome: 'conflict' };
    }
    const wanted = expected === 'any' ? kept.length - 1 : expected === 'no-stream' ? -1 : expected.revision;
    if (wanted !== kept.length - 1) return { outcome: 'conflict' };
    this.streams.set(stream, [...kept, ...ids]);
    this.order.push(...ids);
    return { outcome: 'appended', repeated: false };
  }
}

interface Step {
  readonly stream: number;
  /** Numbers of the stream's own events; some will have been appended before. */
  readonly events: readonly number[];
  readonly expected: number;
  readonly restart: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(2),
  events: fc.oneof(
    fc
      .tuple(fc.nat(12), fc.integer({ min: 1, max: 3 }))
      .map(([first, count]) => Array.from({ length: count }, (_, index) => first + index)),
    fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 3 }),
  ),
  expected: fc.integer({ min: -2, max: 6 }),
  restart: fc.integer({ min: 0, max: 15 }).map((dice) => dice === 0),
});

const runs = Number(process.env.PROPERTY_RUNS ?? 25);

export const modelCases: readonly EventStoreCase[] = [
  {
    name: 'any sequence of appends, repeats and restarts does what a list in memory does',
    async run(log) {
      let store = await log.connect();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
          const start = await store.lastPosition();
          const model = new LogModel();
          const streams = [aStream(), aStream(), aStream()];
          const events = streams.map(() => Array.from({ length: 16 }, (_, number) => anEvent({ number })));
          for (const { stream, events: numbers, expected, restart } of steps) {
            if (restart) {
              await store.close();
              store = await log.connect();
            }
            const appended = numbers.map((number) => events[stream]?.[number] ?? assert.fail('no such event'));
            await compare(store, model, streams[stream] ?? '', appended, expected);
          }
          await assertSame(store, model, start);
        }),
        { numRuns: runs },
      );
    },
  },
];

/** One append to both: -2 stands for any, -1 for no stream. */
async function compare(
  store: EventStore,
  model: LogModel,
  stream: string,
  events: readonly NewEvent[],
  number: number,
) {
  const expected: Expected = number === -2 ? 'any' : number === -1 ? 'no-stream' : { revision: number };
  const due = model.append(stream, idsOf(events), expected);
  const outcome = await store.append(stream, events, expected);
  const kept = model.streams.get(stream) ?? [];
  if (outcome.outcome === 'appended') {
    assert.deepEqual({ outcome: outcome.outcome, repeated: outcome.repeated }, due);
    assert.equal(outcome.revision, kept.indexOf(events.at(-1)?.id ?? ''));
  } else assert.deepEqual(outcome, { ...due, actual: kept.length - 1 });
  assert.deepEqual(idsOf(await store.readStream(stream)), kept);
  assert.deepEqual(idsOf(await store.readStreamEnd(stream, 2)), kept.slice(-2));
}

async function assertSame(store: EventStore, model: LogModel, start: Position | undefined): Promise<void> {
  assert.deepEqual(idsOf(await readOn(store, start, 3)), model.order);
}
