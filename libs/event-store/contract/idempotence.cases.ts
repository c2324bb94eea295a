import assert from 'node:assert/strict';
import type { EventStore, Expected, NewEvent } from '../src/event-store.port.ts';
import type { EventStoreCase } from './event-store-case.ts';
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

type Outcome = 'repeated' | 'appended' | 'conflict';

/**
 * Sequences in KurrentDB's notation: `2e1` is event 2 expected at revision 1, `em1` no stream, `eany` any; what is in
 * one pair of `S` and `E` is one append. Steps before the bar set the stage; the one after it is judged.
 *
 * Where KurrentDB appends the same ids again (exact revision at the present end) or refuses them (an exact revision
 * that never was), this port takes them for the repeat that they are.
 */
const sequences: readonly (readonly [stage: string, judged: string, outcome: Outcome])[] = [
  ['0em1 1e0 2e1 3e2 4e3 5e4', '0em1', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '0eany', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '0e5', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '0e6', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '3e2', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '5e4', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '6e4', 'conflict'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '6em1', 'conflict'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', '6e5', 'appended'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', 'S 2e1 3e1 E', 'repeated'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', 'S 4e3 5e3 6e3 E', 'conflict'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', 'S 1e5 3e5 E', 'conflict'],
  ['0em1 1e0 2e1 3e2 4e3 5e4', 'S 3e2 2e2 E', 'conflict'],
  ['0em1', '0e0', 'repeated'],
  ['0em1', '0em1', 'repeated'],
  ['0em1', '0eany', 'repeated'],
  ['0em1 1e0 2e1 1eany', '1eany', 'repeated'],
  ['S 0em1 1em1 E', '0em1', 'repeated'],
  ['S 0em1 1em1 E', '0eany', 'repeated'],
  ['S 0em1 1em1 E', '1e0', 'repeated'],
  ['S 0em1 1em1 E', '1eany', 'repeated'],
  ['S 0em1 1em1 E', 'S 0em1 1em1 E', 'repeated'],
  ['S 0em1 1em1 E', 'S 0eany 1eany E', 'repeated'],
  ['S 0em1 1em1 E', 'S 0em1 1em1 2em1 E', 'conflict'],
  ['S 0em1 1em1 E', 'S 2em1 0em1 E', 'conflict'],
  ['S 0em1 1em1 E 2e1', 'S 0em1 1em1 E', 'repeated'],
];

const matrix: readonly EventStoreCase[] = sequences.map(([stage, judged, outcome]) => ({
  name: `idempotence > sequence_${`${stage}_${judged}`.replaceAll(' ', '_')}_${outcome}`,
  async run(log) {
    const store = await log.connect();
    const stream = aStream();
    const events = someEvents(10);
    for (const [append, expected] of appendsOf(stage, events))
      assertAppended(await store.append(stream, append, expected));
    const before = await store.readStream(stream);
    const [append, expected] = appendsOf(judged, events)[0] ?? assert.fail('nothing to judge');
    await judge(store, stream, append, expected, outcome);
    const after = await store.readStream(stream);
    assert.deepEqual(after.slice(0, before.length), before);
    assert.equal(after.length, before.length + (outcome === 'appended' ? append.length : 0));
  },
}));

async function judge(
  store: EventStore,
  stream: string,
  events: readonly NewEvent[],
  expected: Expected,
  outcome: Outcome,
) {
  const before = await store.readStream(stream);
  const judged = await store.append(stream, events, expected);
  if (outcome === 'conflict') return assertConflict(judged, before.length - 1);
  const { position, revision, recordedAt, repeated } = assertAppended(judged);
  assert.equal(repeated, outcome === 'repeated');
  const last = (await store.readStream(stream)).find(({ id }) => id === events.at(-1)?.id);
  assert.deepEqual(
    { position, revision, recordedAt },
    { position: last?.position, revision: last?.revision, recordedAt: last?.recordedAt },
  );
}

/** The appends that a sequence spells. */
function appendsOf(sequence: string, events: readonly NewEvent[]): [NewEvent[], Expected][] {
  const steps = sequence.matchAll(/S ([^E]+) E|(\d+)e(m1|any|\d+)/g);
  return [...steps].map(([all, together]) => {
    const spelled = (together ?? all)
      .split(' ')
      .map((step) => /^(\d+)e(m1|any|\d+)$/.exec(step) ?? assert.fail(`${step} is no step`));
    const revision = spelled[0]?.[2] ?? 'any';
    const expected: Expected =
      revision === 'm1' ? 'no-stream' : revision === 'any' ? 'any' : { revision: Number(revision) };
    return [spelled.map(([, number]) => events[Number(number)] ?? assert.fail(`no event ${number}`)), expected];
  });
}

export const idempotenceCases: readonly EventStoreCase[] = [
  ...matrix,
  {
    name: 'idempotence > the same append many times at once is one append',
    async run(log) {
      const stores = [await log.connect(), await log.connect()];
      const stream = aStream();
      const events = someEvents(3);
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, (_, each) => stores[each % 2]?.append(stream, events, 'no-stream')),
      );
      const appended = outcomes.map((outcome) => assertAppended(outcome ?? assert.fail('no outcome')));
      assert.equal(appended.filter(({ repeated }) => !repeated).length, 1);
      assert.equal(new Set(appended.map(({ position }) => position)).size, 1);
      assert.deepEqual(idsOf((await stores[0]?.readStream(stream)) ?? []), idsOf(events));
    },
  },
  {
    name: 'idempotence > a repeat after others have appended has its original place',
    async run(log) {
      const store = await log.connect();
      const stream = aStream();
      const event = anEvent();
      const first = assertAppended(await store.append(stream, [event], 'no-stream'));
      const start = await store.lastPosition();
      assertAppended(await store.append(stream, [anEvent()], { revision: 0 }));
      assert.deepEqual(await store.append(stream, [event], 'no-stream'), { ...first, repeated: true });
      assert.equal((await readOn(store, start)).length, 1);
    },
  },
  {
    name: 'idempotence > an id that another stream holds is misuse, and nothing is written',
    needs: 'unique-ids',
    async run(log) {
      const store = await log.connect();
      const [stream, other] = [aStream(), aStream()];
      const event = anEvent();
      assertAppended(await store.append(stream, [event], 'no-stream'));
      await assertFault(() => store.append(other, [anEvent(), event], 'any'), 'misuse');
      assert.deepEqual(await store.readStream(other), []);
    },
  },
];
