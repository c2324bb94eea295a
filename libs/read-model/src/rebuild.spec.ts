import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowOptions, Position, StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../contract/memory-log.ts';
import { group, parkedAt, people, upTo, write, writesTo } from '../contract/people.ts';
import { decodePeople } from '../contract/people-projections.ts';
import { caughtUp, RunningPeople, withFaults } from '../contract/running-people.ts';
import { viewId } from './read-model.port.ts';
import { history, tamper } from './rebuilt-people.fixture.ts';
import type { RebuildProgress } from './runner-outcomes.ts';

const ada = 'person-main.ada';

/** Whoever follows second gets its batches only after something else was done, for some of them. */
class LateForTheSecond extends MemoryLog {
  readonly late = 8;
  before: () => Promise<void> = async () => undefined;
  #followers = 0;

  override async *follow(after: Position | undefined, options: FollowOptions): AsyncIterable<readonly StoredEvent[]> {
    this.#followers += 1;
    let left = this.#followers === 2 ? this.late : 0;
    for await (const batch of super.follow(after, options)) {
      if (left > 0) await this.before();
      left -= 1;
      yield batch;
    }
  }
}

/** Whoever follows first gets no batch while it is held. */
class HeldForTheFirst extends MemoryLog {
  held: Promise<void> | undefined;
  #followers = 0;

  override async *follow(after: Position | undefined, options: FollowOptions): AsyncIterable<readonly StoredEvent[]> {
    this.#followers += 1;
    const isFirst = this.#followers === 1;
    for await (const batch of super.follow(after, options)) {
      if (isFirst) await this.held;
      yield batch;
    }
  }
}

describe('a rebuild', () => {
  it('puts right what no event says, and goes on from there', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    const rows = await rig.rows();
    await tamper(rig, 'ada');
    expect(await runner.rebuild()).toEqual({ outcome: 'rebuilt', events: 13 });
    expect(await rig.rows()).toEqual(rows);
    await rig.append('ada', 'person.aged');
    await caughtUp(runner, rig.log);
    expect([await rig.age('ada'), runner.state()]).toEqual([2, 'live']);
  });

  it('tells how far it is, and ends where done is total', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run({ batchSize: 3 });
    await caughtUp(runner, rig.log);
    const told: RebuildProgress[] = [];
    await runner.rebuild((progress) => told.push(progress));
    expect(told.map(({ done, total }) => [done, total])).toEqual([3, 6, 9, 12, 13].map((done) => [done, 13]));
    expect(told.at(-1)?.etaSeconds).toBe(0);
  });

  it('goes on while people write and read, who see no row go back', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run({ batchSize: 2 });
    await caughtUp(runner, rig.log);
    let rebuilding = true;
    const rebuilt = runner.rebuild().finally(() => {
      rebuilding = false;
    });
    let age = 1;
    while (rebuilding) {
      const position = await rig.append('ada', 'person.aged');
      age += 1;
      expect(await runner.reached(position, 5000)).toBe('reached');
      expect(await rig.age('ada')).toBe(age);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await rebuilt).toMatchObject({ outcome: 'rebuilt' });
    expect(await rig.age('ada')).toBe(age);
  });

  it('applies no more than 250 events before others have the event loop, however large the batches are', async () => {
    await using rig = new RunningPeople();
    for (let n = 0; n < 40; n += 1) {
      await rig.append(`p${n}`, 'person.registered', ...Array.from({ length: 40 }, () => 'person.aged'));
    }
    const decode = decodePeople();
    let inTurn = 0;
    let most = 0;
    const runner = rig.run({
      batchSize: 1_000,
      decode: (events) => {
        inTurn += events.length;
        most = Math.max(most, inTurn);
        return decode(events);
      },
    });
    await caughtUp(runner, rig.log);
    expect(most).toBeGreaterThanOrEqual(1_000);
    const turn = () => {
      inTurn = 0;
      turning = setImmediate(turn);
    };
    let turning = setImmediate(turn);
    await nextTurn();
    most = 0;
    await runner.rebuild();
    clearImmediate(turning);
    expect(most).toBeLessThanOrEqual(250);
  });

  it('puts the swap off where the last events do not come, so that no write waits for it', async () => {
    const log = new LateForTheSecond();
    await using rig = new RunningPeople({ log });
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    // Before each of the first batches that are built beside, another event is written and seen in the rows that serve.
    log.before = async () => {
      const position = await rig.append('ada', 'person.aged');
      expect(await runner.reached(position, 60_000)).toBe('reached');
    };
    expect(await runner.rebuild()).toMatchObject({ outcome: 'rebuilt' });
    expect(await rig.age('ada')).toBe(1 + log.late);
  });

  it('never puts the group back, nor counts an event twice, where it came further than who serves', async () => {
    const log = new HeldForTheFirst();
    await using rig = new RunningPeople({ log });
    await history(rig);
    const positions: (Position | undefined)[] = [];
    const runner = rig.run({ hooks: { onBatch: () => positions.push(runner.position()) } });
    await caughtUp(runner, rig.log);
    const hold = Promise.withResolvers<void>();
    log.held = hold.promise;
    await rig.append('ada', 'person.aged');
    await nextTurn();
    const waiting = runner.reached(await rig.append('ada', 'person.aged'), 60_000);
    await runner.rebuild();
    expect(await waiting).toBe('reached');
    positions.push(runner.position());
    hold.resolve();
    await rig.append('ada', 'person.aged');
    await caughtUp(runner, rig.log);
    expect(positions).toEqual(positions.toSorted());
    expect([await rig.age('ada'), (await rig.store.readCheckpoint(group))?.events]).toEqual([4, 16]);
  });

  it('is one, however often it is asked for, and may be repeated', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    const both = [runner.rebuild(), runner.rebuild()];
    expect(both[0]).toBe(both[1]);
    await Promise.all(both);
    const generations: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      await runner.rebuild();
      generations.push((await rig.store.readCheckpoint(group))?.generation);
    }
    expect(generations).toEqual(['blue', 'green', 'blue']);
    expect(rig.model.generations.get('green')?.size).toBe(0);
  });

  it('takes up what failed before, where the projection was mended', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged');
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(runner.parked()).toHaveLength(3);
    rig.planted.evolve.clear();
    await runner.rebuild();
    expect([runner.parked(), await rig.age('ada'), await rig.store.readParked(group)]).toEqual([[], 1, []]);
  });

  it('parks on its own what still fails, and retries it in the rows that serve then', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.left');
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    await runner.rebuild();
    expect(runner.parked().map(({ projection }) => projection)).toEqual(['persons', 'totals']);
    rig.planted.evolve.clear();
    for (const { projection, stream } of runner.parked()) await runner.retryParked(projection, stream);
    expect([await rig.total(), await rig.age('eve')]).toEqual([2, undefined]);
  });

  it('passes over what was discarded for good, and drops the rows before only when nobody reads them', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.left');
    await history(rig);
    const discarded = new Set<string>();
    const read = Promise.withResolvers<void>();
    const runner = rig.run({
      passOver: (_projection, eventId) => discarded.has(eventId),
      swapConfirmed: () => read.promise,
    });
    await caughtUp(runner, rig.log);
    for (const { projection, stream, eventId } of runner.parked()) {
      discarded.add(eventId);
      await runner.discardParked(projection, stream);
    }
    const rows = await rig.rows();
    const rebuilt = runner.rebuild();
    await expect.poll(async () => (await rig.store.readCheckpoint(group))?.generation).toBe('green');
    expect(rig.model.generations.get('blue')?.size).not.toBe(0);
    read.resolve();
    await rebuilt;
    expect(rig.model.generations.get('blue')?.size).toBe(0);
    expect([runner.parked(), await rig.rows()]).toEqual([[], rows]);
  });

  it('begins from nothing, whatever an earlier attempt left', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    const beside = rig.store.beside('green');
    await beside.prepare([people]);
    const { epoch } = await beside.takeOver(group);
    await beside.applyBatch(group, {
      epoch,
      progress: upTo(99),
      writes: writesTo(people, write('left over', undefined, 99)),
      parked: [{ ...parkedAt(99, ada), projection: rig.projections.persons.name }],
    });
    await runner.rebuild();
    expect((await rig.store.getMany(people, ['left over'])).size).toBe(0);
    expect([runner.parked(), await rig.store.readParked(group), await rig.age('ada')]).toEqual([[], [], 1]);
  });

  it('tells what it applies and what fails in it, as who serves does', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    let failing = false;
    const store = withFaults(rig.store, (call) => {
      if (!failing || call !== 'applyBatch') return undefined;
      failing = false;
      return new Error('away');
    });
    const told: (string | number)[] = [];
    const runner = rig.run({
      store,
      hooks: {
        onApplied: (events) => told.push(events.length),
        onFault: ({ error }) => told.push(String(error)),
      },
    });
    await caughtUp(runner, rig.log);
    expect(told.splice(0)).toEqual([13]);
    failing = true;
    await runner.rebuild();
    expect(told).toEqual(['Error: away', 13]);
  });

  it('leaves everything as it is where the runner stops in the middle of it', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run({ batchSize: 1 });
    await caughtUp(runner, rig.log);
    const rows = await rig.rows();
    const rebuilt = runner.rebuild(({ done }) => {
      if (done === 2) void runner.stop();
    });
    expect(await rebuilt).toEqual({ outcome: 'stopped' });
    expect([await rig.rows(), (await rig.store.readCheckpoint(group))?.generation]).toEqual([rows, 'blue']);
    await expect(runner.rebuild()).rejects.toThrow('ended');
  });

  it('is refused to a runner that was taken over, which ends it', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    await rig.model.connect().takeOver(group);
    await expect(runner.rebuild()).rejects.toThrow('taken the group over');
    expect(await runner.ended).toBe('taken-over');
  });

  it('fails with the fault of the store, and the rows that serve are untouched', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    let failing = false;
    const store = withFaults(rig.store, (call) => (failing && call === 'adopt' ? new Error('away') : undefined));
    const runner = rig.run({ store });
    await caughtUp(runner, rig.log);
    failing = true;
    await expect(runner.rebuild()).rejects.toThrow('away');
    failing = false;
    expect(await runner.rebuild()).toMatchObject({ outcome: 'rebuilt' });
    expect(await rig.age('ada')).toBe(1);
  });
});

describe('growing', () => {
  it('adds a view, filled from the whole past, while the others are kept up', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const { persons, totals, all } = rig.projections;
    const others = all.filter((each) => each !== totals);
    await caughtUp(rig.run({ projections: others }), rig.log);
    const runner = rig.run({ projections: others, batchSize: 2 });
    await caughtUp(runner, rig.log);
    const seen: unknown[] = [];
    const grown = runner.grow(all, () => seen.push(runner.state()));
    const position = await rig.append('ada', 'person.aged');
    expect(await runner.reached(position, 5_000)).toBe('reached');
    expect(await rig.age('ada')).toBe(2);
    expect(await grown).toMatchObject({ outcome: 'rebuilt' });
    await caughtUp(runner, rig.log);
    expect([await rig.total(), await rig.age('ada'), new Set(seen)]).toEqual([2, 2, new Set(['live'])]);
    await rig.append('zoe', 'person.registered');
    await caughtUp(runner, rig.log);
    expect(await rig.total()).toBe(3);
    expect((await rig.store.readCheckpoint(group))?.views).toEqual(all.map(({ view }) => viewId(view)));
    expect(await runner.verify()).toMatchObject({ differing: 0 });
    expect(persons.name).toBe('persons');
  });

  it('retries what is parked in a view that was added', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.left');
    await history(rig);
    const { totals, all } = rig.projections;
    const runner = rig.run({ projections: all.filter((each) => each !== totals) });
    await caughtUp(runner, rig.log);
    await runner.grow(all);
    expect(runner.parked().map(({ projection }) => projection)).toContain('totals');
    rig.planted.evolve.clear();
    await runner.retryParked('totals', 'person-main.eve');
    expect(await rig.total()).toBe(2);
  });

  it('shows nothing of a view before all of it is there, also where the others were rebuilt before', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const { totals, all } = rig.projections;
    const others = all.filter((each) => each !== totals);
    const runner = rig.run({ projections: others, batchSize: 2 });
    await caughtUp(runner, rig.log);
    await runner.rebuild();
    await rig.store.prepare([totals.view]);
    const seen: Promise<number | undefined>[] = [];
    await runner.grow(all, () => seen.push(rig.total()));
    expect(new Set(await Promise.all(seen))).toEqual(new Set([undefined]));
    expect([await rig.total(), (await rig.store.readCheckpoint(group))?.generation]).toEqual([2, 'amber']);
  });

  it('takes no view for filled that was left out, and leaves its rows to who knows whether they are read', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const { persons, all } = rig.projections;
    const newer = { ...persons, view: { ...persons.view, version: 2 } };
    const others = all.filter((each) => each !== persons);
    const first = rig.run();
    await caughtUp(first, rig.log);
    const runner = rig.run({ projections: others });
    await caughtUp(runner, rig.log);
    expect((await rig.store.readCheckpoint(group))?.views).toEqual(others.map(({ view }) => viewId(view)));
    await runner.grow([...others, newer]);
    expect(await rig.store.get(newer.view, ada)).toMatchObject({ name: 'ada' });
    expect(rig.model.generations.get('blue')?.size).toBe(1);
  });
});
