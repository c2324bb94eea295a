import assert from 'node:assert/strict';
import type { JsonObject, StoredEvent } from '@evident/event-store';
import fc from 'fast-check';
import { GroupWork } from '../src/group-work.ts';
import type { StoredRow } from '../src/read-model.port.ts';
import { BreakableReadModel } from './breakable-read-model.ts';
import { MemoryLog } from './memory-log.ts';
import type { ProjectionCase, ProjectionUnderTest } from './projection-case.ts';
import { storedHistory } from './projection-purity.cases.ts';

const runs = Number(process.env.REPLAY_RUNS ?? 25);
const batchSize = fc.integer({ min: 1, max: 20 });

export const projectionReplayCases: readonly ProjectionCase[] = [
  {
    name: 'any prefix replayed any number of times, in batches of any size, gives the same rows',
    async run(subject) {
      const events = await storedHistory(subject);
      const expected = await replay(subject, [{ events, size: events.length }]);
      const pass = fc.record({ length: fc.integer({ min: 0, max: events.length }), size: batchSize });
      await fc.assert(
        fc.asyncProperty(fc.array(pass, { maxLength: 4 }), batchSize, async (passes, size) => {
          const before = passes.map((each) => ({ events: events.slice(0, each.length), size: each.size }));
          assert.deepEqual(await replay(subject, [...before, { events, size }]), expected);
        }),
        { numRuns: subject.runs ?? runs },
      );
    },
  },
  {
    name: 'a rebuild gives the rows that came one event at a time',
    async run(subject) {
      const events = await storedHistory(subject);
      const live = await replay(subject, [{ events, size: 1 }]);
      assert.deepEqual(await replay(subject, [{ events, size: 1000 }]), live);
      assert.ok(live.length > 0, 'the history makes no row');
    },
  },
  {
    name: 'nothing in the history is poison to it',
    async run(subject) {
      const events = await storedHistory(subject);
      const { work } = await passOver(subject, [{ events, size: 1 }]);
      assert.deepEqual(work.parked.all(), []);
    },
  },
  {
    name: 'where it says that events of different streams commute, they do',
    async run(subject) {
      if (subject.projection.commutes !== true) return;
      const events = await storedHistory(subject);
      const contents = async (order: readonly StoredEvent[]) =>
        (await replay(subject, [{ events: order, size: 7 }])).map(({ key, row }) => ({ key, row }));
      const expected = await contents(events);
      const picks = fc.array(fc.nat(), { minLength: events.length, maxLength: events.length });
      await fc.assert(
        fc.asyncProperty(picks, async (pick) => {
          assert.deepEqual(await contents(interleave(events, pick)), expected);
        }),
        { numRuns: subject.runs ?? runs },
      );
    },
  },
];

interface Pass {
  readonly events: readonly StoredEvent[];
  readonly size: number;
}

async function replay(subject: ProjectionUnderTest, passes: readonly Pass[]): Promise<readonly StoredRow[]> {
  const { rows } = await passOver(subject, passes);
  return rows;
}

async function passOver(subject: ProjectionUnderTest, passes: readonly Pass[]) {
  const { projection, decode, store = new BreakableReadModel().connect() } = subject;
  await store.drop(projection.view);
  const log = new MemoryLog('history');
  const work = new GroupWork({
    group: crypto.randomUUID(),
    projections: [projection],
    events: log,
    store,
    decode,
    onParked: () => undefined,
  });
  await work.start();
  for (const { events, size } of passes) {
    for (let from = 0; from < events.length; from += size) await work.apply(events.slice(from, from + size));
  }
  return { work, rows: await store.scan<JsonObject>(projection.view, { limit: 1_000_000 }) };
}

/** Another order of the log in which each stream keeps its own; positions go with the place. */
function interleave(events: readonly StoredEvent[], picks: readonly number[]): readonly StoredEvent[] {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return events.map(({ position }, place) => {
    const open = [...streams.values()].filter(({ length }) => length > 0);
    const next = open[(picks[place] ?? 0) % open.length]?.shift();
    return next === undefined ? assert.fail('more places than events') : { ...next, position };
  });
}
