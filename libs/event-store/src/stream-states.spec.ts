import { describe, expect, it } from 'vitest';
import { BreakableLog } from '../contract/breakable-event-store.ts';
import { counter, metadataOf, SpecSealer, specCodec } from './counter.fixture.ts';
import type { EventStore, ReadStreamOptions, StoredEvent } from './event-store.port.ts';
import { runCommand } from './run-command.ts';
import { StreamStates } from './stream-states.ts';

async function setUp(capacity?: number) {
  const log = new BreakableLog();
  const store = await log.connect();
  const codec = specCodec();
  const reads: (number | undefined)[] = [];
  const counted = Object.assign(Object.create(store) as EventStore, {
    readStream: (stream: string, options?: ReadStreamOptions): Promise<readonly StoredEvent[]> => {
      reads.push(options?.from);
      return store.readStream(stream, options);
    },
  });
  const states = new StreamStates({
    store: counted,
    codec,
    decider: counter,
    ...(capacity === undefined ? {} : { capacity }),
  });
  let commands = 0;
  const raise = (stream: string, by: number) => {
    commands++;
    return runCommand(
      { store, codec, decider: counter },
      { stream, step: 's', command: { by }, metadata: metadataOf(`c${commands}`) },
    );
  };
  return { log, store, states, reads, raise };
}

const ada = 'counter-main.ada';
const bob = 'counter-main.bob';

describe('the state of a stream', () => {
  it('is the initial one where there is no such stream', async () => {
    const { states } = await setUp();
    expect(await states.load(ada)).toEqual({ state: counter.initial, revision: -1, position: undefined });
  });

  it('includes every event that was acknowledged, and only new ones are read', async () => {
    const { states, reads, raise, store } = await setUp();
    for (let round = 1; round <= 3; round++) {
      await raise(ada, 2);
      const position = await store.lastPosition();
      expect(await states.load(ada)).toMatchObject({ state: { count: 2 * round }, revision: 2 * round - 1, position });
      await states.load(ada);
    }
    expect(reads).toEqual([0, 2, 2, 4, 4, 6]);
  });

  it('is read from its last event alone where that tells all', async () => {
    const { raise, store } = await setUp();
    const states = new StreamStates({ store, codec: specCodec(), decider: counter, endTellsAll: true });
    await raise(ada, 5);
    expect(await states.load(ada)).toMatchObject({ state: { count: 1 }, revision: 4 });
    await raise(ada, 2);
    expect(await states.load(ada)).toMatchObject({ state: { count: 3 }, revision: 6 });
  });

  it('is the same whether remembered or not', async () => {
    const { states, raise } = await setUp(1);
    await raise(ada, 2);
    await raise(bob, 3);
    for (let round = 0; round < 3; round++) {
      expect((await states.load(ada)).state.count).toBe(2);
      expect((await states.load(bob)).state.count).toBe(3);
    }
  });

  it('is kept for a bounded number of streams, those used lately', async () => {
    const { states, reads, raise } = await setUp(4);
    const others = Array.from({ length: 6 }, (_, number) => `counter-main.${number}`);
    for (const stream of [ada, ...others]) await raise(stream, 1);
    for (const other of others) {
      await states.load(other);
      await states.load(ada);
    }
    expect(reads.filter((_, index) => index % 2 === 1)).toEqual([0, 1, 1, 1, 1, 1]);
    await states.load(others[0] ?? '');
    expect(reads.at(-1)).toBe(0);
  });

  it('does not go back where an earlier load ends later', async () => {
    const { states, raise } = await setUp();
    await raise(ada, 1);
    const early = states.load(ada);
    const later = raise(ada, 1).then(() => states.load(ada));
    await Promise.all([early, later]);
    expect((await states.load(ada)).state.count).toBe(2);
  });

  it('is not taken from another log', async () => {
    const { store, raise } = await setUp();
    const replaceable = { ...bindAll(store), logId: store.logId };
    const states = new StreamStates({ store: replaceable, codec: specCodec(new SpecSealer()), decider: counter });
    await raise(ada, 5);
    expect((await states.load(ada)).state.count).toBe(5);
    Object.assign(replaceable, bindAll(await new BreakableLog().connect()), { logId: 'another' });
    expect((await states.load(ada)).state.count).toBe(0);
  });
});

function bindAll(store: EventStore): EventStore {
  const { logId } = store;
  return {
    logId,
    append: store.append.bind(store),
    readStream: store.readStream.bind(store),
    readStreamEnd: store.readStreamEnd.bind(store),
    readAll: store.readAll.bind(store),
    truncateStream: store.truncateStream.bind(store),
    readAllBackwards: store.readAllBackwards.bind(store),
    follow: store.follow.bind(store),
    lastPosition: store.lastPosition.bind(store),
    compare: store.compare.bind(store),
    parsePosition: store.parsePosition.bind(store),
    close: store.close.bind(store),
  };
}
