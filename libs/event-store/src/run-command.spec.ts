import { describe, expect, it } from 'vitest';
import { BreakableLog } from '../contract/breakable-event-store.ts';
import { type Counter, counter, metadataOf, type Raise, type Raised, specCodec } from './counter.fixture.ts';
import { type AppendOutcome, type EventStore, EventStoreFault } from './event-store.port.ts';
import { type CommandOnStream, type CommandRunner, runCommand } from './run-command.ts';
import { StreamStates } from './stream-states.ts';
import { eventId } from './uuid5.ts';

const stream = 'counter-main.ada';

function raise(
  commandId: string,
  command: Raise,
  more: Partial<CommandOnStream<Raise, Counter>> = {},
): CommandOnStream<Raise, Counter> {
  return { stream, step: 'raise', command, metadata: metadataOf(commandId), ...more };
}

type Runner = CommandRunner<Raise, Counter, Raised, 'counter.too-high'>;

async function aRunner(
  change: (store: EventStore) => Partial<EventStore> = () => ({}),
  more: Partial<Runner> = {},
): Promise<Runner> {
  const store = await new BreakableLog().connect();
  const bound = Object.create(store) as EventStore;
  for (const name of ['append', 'readStream', 'lastPosition'] as const)
    Object.assign(bound, { [name]: store[name].bind(store) });
  return {
    store: Object.assign(bound, change(store)),
    codec: specCodec(),
    decider: counter,
    wait: async () => undefined,
    ...more,
  };
}

describe('a command', () => {
  it('is decided on the stream and appended at its end', async () => {
    const runner = await aRunner();
    await runCommand(runner, raise('one', { by: 2, who: 'Ada' }));
    const outcome = await runCommand(runner, raise('two', { by: 1 }));
    expect(outcome).toMatchObject({
      outcome: 'accepted',
      state: { count: 3, who: 'Ada' },
      revision: 2,
      repeated: false,
    });
    expect(outcome.outcome === 'accepted' && outcome.events).toEqual([{ type: 'counter.raised', data: { by: 1 } }]);
    const events = await runner.store.readStream(stream);
    expect(events.map(({ id }) => id)).toEqual([
      eventId('one', stream, 'raise', 0),
      eventId('one', stream, 'raise', 1),
      eventId('two', stream, 'raise', 0),
    ]);
    expect(outcome).toMatchObject({ position: events[2]?.position });
  });

  it('on a stream whose last events tell all reads no more than those, and still recognises itself', async () => {
    const reads: number[] = [];
    const runner = await aRunner((store) => ({
      readStreamEnd: async (name, count) => {
        const events = await store.readStreamEnd(name, count);
        reads.push(events.length);
        return events;
      },
    }));
    await runCommand(runner, raise('one', { by: 9 }));
    const again = raise('two', { by: 2 }, { tail: 2 });
    expect(await runCommand(runner, again)).toMatchObject({ repeated: false, state: { count: 4 }, revision: 10 });
    expect(await runCommand(runner, again)).toMatchObject({ repeated: true, state: { count: 2 }, revision: 10 });
    expect(reads).toEqual([2, 2]);
  });

  it('is recognised by its ids where more was appended since than the last events that are read', async () => {
    let appends = 0;
    const runner = await aRunner((store) => ({
      readStreamEnd: (name, count) => store.readStreamEnd(name, count),
      append: (...append) => {
        appends += 1;
        return appends > 20 ? expect.fail('it appends for ever') : store.append(...append);
      },
    }));
    const first = raise('one', { by: 1, who: 'Ada' }, { tail: 1 });
    await runCommand(runner, first);
    await runCommand(runner, raise('two', { by: 1 }, { tail: 1 }));
    expect(await runCommand(runner, first)).toMatchObject({
      repeated: true,
      state: { count: 1, who: 'Ada' },
      revision: 0,
    });
    expect(appends).toBe(3);
  });

  it('that is refused leaves nothing and says where it was judged', async () => {
    const runner = await aRunner();
    expect(await runCommand(runner, raise('one', { by: 101 }))).toEqual({
      outcome: 'rejected',
      code: 'counter.too-high',
      details: { count: 0 },
      state: counter.initial,
    });
    await runCommand(runner, raise('two', { by: 60 }));
    const position = await runner.store.lastPosition();
    expect(await runCommand(runner, raise('three', { by: 60 }))).toEqual({
      outcome: 'rejected',
      code: 'counter.too-high',
      details: { count: 60 },
      state: { count: 60, who: 'nobody' },
      position,
    });
    expect(await runner.store.readStream(stream)).toHaveLength(60);
  });

  it('that finds it already so has no events and the end of the log as its position', async () => {
    const runner = await aRunner();
    expect(await runCommand(runner, raise('zero', { by: 0 }))).toMatchObject({
      events: [],
      position: undefined,
      revision: -1,
    });
    await runCommand(runner, raise('one', { by: 2 }));
    await runCommand(runner, raise('other', { by: 1 }, { stream: 'counter-main.bob' }));
    const position = await runner.store.lastPosition();
    const outcome = await runCommand(runner, raise('two', { by: 1, upTo: 2 }));
    expect(outcome).toEqual({
      outcome: 'accepted',
      events: [],
      state: { count: 2, who: 'nobody' },
      position,
      revision: 1,
      repeated: false,
    });
  });
});

describe('the same command again', () => {
  it('gives what it gave, and decides nothing, though others have changed the stream since', async () => {
    const runner = await aRunner();
    await runCommand(runner, raise('zero', { by: 1 }));
    const first = await runCommand(runner, raise('one', { by: 2, who: 'Ada' }));
    await runCommand(runner, raise('two', { by: 90 }));
    expect(await runCommand(runner, raise('one', { by: 2, who: 'Ada' }))).toEqual({ ...first, repeated: true });
    expect(await runner.store.readStream(stream)).toHaveLength(93);
  });

  it.each<[string, Raise, Raise]>([
    ['would do it once more', { by: 2, who: 'Ada' }, { by: 2, who: 'Ada' }],
    ['would be refused', { by: 60 }, { by: 60 }],
    ['would find it already so', { by: 2, upTo: 2 }, { by: 2, upTo: 2 }],
    ['would do more than it did', { by: 2 }, { by: 3 }],
    ['would do less than it did', { by: 2 }, { by: 1 }],
  ])(
    'gives what it gave where it is decided on a remembered state that includes it, and %s',
    async (_case, did, would) => {
      const runner = await aRunner((store) => ({ readStreamEnd: (...end) => store.readStreamEnd(...end) }));
      const states = new StreamStates<Counter, Raised>({ ...runner });
      await runCommand(runner, raise('zero', { by: 1 }));
      const first = await runCommand(runner, raise('one', did));
      await runCommand(runner, raise('two', { by: 1 }));
      const before = await runner.store.readStream(stream);
      const known = await states.load(stream);
      expect(await runCommand(runner, raise('one', would, { known }))).toEqual({ ...first, repeated: true });
      expect(await runner.store.readStream(stream)).toEqual(before);
    },
  );

  it('another on a remembered state reads only what came since, and is decided on that', async () => {
    const reads: number[] = [];
    const runner = await aRunner((store) => ({
      readStream: async (...asked) => {
        const events = await store.readStream(...asked);
        reads.push(events.length);
        return events;
      },
    }));
    const states = new StreamStates<Counter, Raised>({ ...runner });
    await runCommand(runner, raise('one', { by: 50 }));
    const known = await states.load(stream);
    await runCommand(runner, raise('two', { by: 1 }));
    reads.length = 0;
    expect(await runCommand(runner, raise('three', { by: 2 }, { known }))).toMatchObject({
      repeated: false,
      state: { count: 53 },
      revision: 52,
    });
    expect(reads).toEqual([1]);
  });

  it('in another step or on another stream is another', async () => {
    const runner = await aRunner();
    await runCommand(runner, raise('one', { by: 1 }));
    expect(await runCommand(runner, raise('one', { by: 1 }, { step: 'again' }))).toMatchObject({
      repeated: false,
      revision: 1,
    });
    expect(await runCommand(runner, raise('one', { by: 1 }, { stream: 'counter-main.bob' }))).toMatchObject({
      repeated: false,
      revision: 0,
    });
  });

  it('many times at once happens once', async () => {
    const runner = await aRunner();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => runCommand(runner, raise('one', { by: 3 }))));
    expect(outcomes.filter((outcome) => outcome.outcome === 'accepted' && !outcome.repeated)).toHaveLength(1);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ outcome: 'accepted', state: { count: 3 }, revision: 2 });
  });
});

describe('others on the same stream', () => {
  it('make it decide again, on what they left', async () => {
    const runner = await aRunner();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, each) => runCommand(runner, raise(`c${each}`, { by: 30 }))),
    );
    const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted');
    expect(accepted).toHaveLength(3);
    expect(outcomes.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(5);
    expect(await runner.store.readStream(stream)).toHaveLength(90);
  });

  it('who never leave it in peace make it give up, having done nothing', async () => {
    const waits: number[] = [];
    const conflict = async (): Promise<AppendOutcome> => ({ outcome: 'conflict', actual: 7 });
    const runner = await aRunner(() => ({ append: conflict }), {
      wait: async (milliseconds) => waits.push(milliseconds),
    });
    expect(await runCommand(runner, raise('one', { by: 1 }))).toEqual({ outcome: 'contended', attempts: 16 });
    expect(waits).toHaveLength(15);
    expect(waits.every((wait) => wait >= 0 && wait <= 50)).toBe(true);
  });

  it('make it give up at its deadline', async () => {
    let now = 1000;
    const conflict = async (): Promise<AppendOutcome> => ({ outcome: 'conflict', actual: 7 });
    const runner = await aRunner(() => ({ append: conflict }), { now: () => now++ });
    expect(await runCommand(runner, raise('one', { by: 1 }, { deadline: 1003 }))).toEqual({
      outcome: 'contended',
      attempts: 4,
    });
  });
});

describe('a fault', () => {
  const lost = new EventStoreFault('unavailable', 'the reply was lost', { ambiguous: true });

  it('that leaves it open whether it was written is answered by the same append again', async () => {
    let tries = 0;
    const runner = await aRunner((store) => ({
      async append(...call) {
        tries++;
        const outcome = await store.append(...call);
        if (tries < 3) throw lost;
        return outcome;
      },
    }));
    expect(await runCommand(runner, raise('one', { by: 2 }))).toMatchObject({
      outcome: 'accepted',
      repeated: true,
      revision: 1,
      state: { count: 2 },
    });
    expect(await runner.store.readStream(stream)).toHaveLength(2);
  });

  it('that another process has raced with the same command gives what that one wrote', async () => {
    let raced = false;
    const runner = await aRunner((store) => ({
      async append(...call) {
        // The other process was sent the command with another time in it, and was faster.
        if (!raced) await runCommand({ ...runner, store }, raise('one', { by: 2, who: 'as the other has it' }));
        raced = true;
        return store.append(...call);
      },
    }));
    const outcome = await runCommand(runner, raise('one', { by: 2, who: 'as we have it' }));
    expect(outcome).toMatchObject({ repeated: true, revision: 1, state: { count: 2, who: 'as the other has it' } });
  });

  it('before the write, with another writer in between, makes it decide again', async () => {
    let tries = 0;
    const runner = await aRunner((store) => ({
      async append(...call) {
        tries++;
        if (tries > 1) return store.append(...call);
        await runCommand({ ...runner, store }, raise('other', { by: 100 }));
        throw lost;
      },
    }));
    expect(await runCommand(runner, raise('one', { by: 1 }))).toMatchObject({
      outcome: 'rejected',
      details: { count: 100 },
    });
  });

  it('that lasts is thrown after as many tries', async () => {
    let tries = 0;
    const append = async () => {
      tries++;
      throw lost;
    };
    const runner = await aRunner(() => ({ append }), { attempts: 5 });
    await expect(runCommand(runner, raise('one', { by: 1 }))).rejects.toBe(lost);
    expect(tries).toBe(5);
  });

  it('that is certain is thrown at once', async () => {
    let tries = 0;
    const full = new EventStoreFault('disk-full', 'no space left');
    const append = async () => {
      tries++;
      throw full;
    };
    const runner = await aRunner(() => ({ append }));
    await expect(runCommand(runner, raise('one', { by: 1 }))).rejects.toBe(full);
    expect(tries).toBe(1);
  });

  it('is what an event that cannot be read becomes, naming its position', async () => {
    const runner = await aRunner();
    await runCommand(runner, raise('one', { by: 1 }));
    const [event] = await runner.store.readStream(stream);
    if (event === undefined) throw new Error('nothing was written');
    const id = eventId('newer', stream, 'x', 0);
    await runner.store.append(stream, [{ ...event, id, schema: 9 }], 'any');
    await expect(runCommand(runner, raise('two', { by: 1 }))).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('schema 9'),
    });
  });
});
