import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BreakableLog } from '../contract/breakable-event-store.ts';
import { counter, metadataOf, specCodec } from './counter.fixture.ts';
import type { EventStore } from './event-store.port.ts';
import { runCommand } from './run-command.ts';
import { streamInTurns } from './stream-in-turns.ts';
import { StreamStates } from './stream-states.ts';

const stream = 'counter-main.ada';
const codec = specCodec();
const decider = { ...counter, decide: unbounded };
const many = 500;

function unbounded({ by }: { readonly by: number }) {
  const raised = { type: 'counter.raised', data: { by: 1 } } as const;
  return { accepted: true, events: Array.from({ length: by }, () => raised) } as const;
}

/** A log with one long stream. Counts the turns of the event loop in which it was read, and what a read gave at most. */
async function aLongStream() {
  const store = await new BreakableLog().connect();
  const raise = (commandId: string, by: number) =>
    runCommand(
      { store: watched, codec, decider },
      { stream, step: 's', command: { by }, metadata: metadataOf(commandId) },
    );
  let turn = 0;
  let [isWatching, largest] = [true, 0];
  const reads = new Map<number, number>();
  const readStream: EventStore['readStream'] = async (name, options) => {
    const events = await store.readStream(name, options);
    largest = Math.max(largest, events.length);
    if (events.length > 0) reads.set(turn, (reads.get(turn) ?? 0) + 1);
    return events;
  };
  const watched: EventStore = Object.assign(Object.create(store), {
    readStream,
    append: store.append.bind(store),
    lastPosition: store.lastPosition.bind(store),
  });
  const turning = (async () => {
    for (; isWatching; turn += 1) await nextTurn();
  })();
  // Whatever runs after it in this process would find an event loop that never rests.
  onTestFinished(() => {
    isWatching = false;
  });
  await raise('first', many);
  reads.clear();
  return {
    store: watched,
    raise,
    largest: () => largest,
    /** Reads of the later pages by turn, the first one of each reader left away. */
    async laterReads() {
      isWatching = false;
      await turning;
      return [...reads.values()].slice(1);
    },
  };
}

describe('a stream that is longer than others', () => {
  it('is given whole and in order, from wherever it is asked for', async () => {
    const { store } = await aLongStream();
    for (const from of [0, 1, 436, many]) {
      const revisions: number[] = [];
      for await (const page of streamInTurns(store, stream, from))
        for (const { revision } of page) revisions.push(revision);
      expect(revisions).toEqual(Array.from({ length: many - from }, (_, place) => from + place));
    }
  });

  it('is folded a page at a time, and one page in a turn of the event loop, however many fold it at once', async () => {
    const { store, largest, laterReads } = await aLongStream();
    const states = () => new StreamStates({ store, codec, decider }).load(stream);
    const anew = () => new StreamStates({ store, codec, decider }).loadAnew(stream);
    for (const folded of await Promise.all([states(), states(), anew(), anew()])) {
      expect(folded).toMatchObject({ state: { count: many }, revision: many - 1 });
    }
    expect(largest()).toBeLessThan(100);
    const reads = await laterReads();
    expect(reads.length).toBeGreaterThan(many / 100);
    expect(Math.max(...reads)).toBe(1);
  });

  it('is decided on a page at a time too, and its own command is found in it', async () => {
    const { raise, largest, laterReads } = await aLongStream();
    expect(await raise('second', 1)).toMatchObject({ revision: many, state: { count: many + 1 }, repeated: false });
    expect(await raise('first', many)).toMatchObject({ revision: many - 1, state: { count: many }, repeated: true });
    expect(largest()).toBeLessThan(100);
    expect(Math.max(...(await laterReads()))).toBe(1);
  });
});
