import { EventStoreFault, type FollowOptions, type Position, type StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../contract/memory-log.ts';
import { away, caughtUp, RunningPeople, withFaults } from '../contract/running-people.ts';
import type { ReadModelStore } from './read-model.port.ts';
import { ReadModelFault } from './read-model-fault.ts';

const full = new ReadModelFault('disk-full', 'no room');

describe('a runner whose read model fails', () => {
  it.each(['prepare', 'takeOver', 'startOver', 'readParked', 'getMany', 'applyBatch'] as const)(
    'repeats until %s succeeds, and skips and doubles nothing',
    async (call) => {
      await using rig = new RunningPeople();
      let left = 3;
      const store = withFaults(rig.store, (each) => (each === call && left-- > 0 ? full : undefined));
      await rig.append('ada', 'person.registered', 'person.aged', 'person.aged');
      const runner = rig.run({ store });
      await caughtUp(runner, rig.log);
      expect([await rig.age('ada'), await rig.total(), runner.state(), runner.fault()]).toEqual([
        2,
        1,
        'live',
        undefined,
      ]);
      expect(rig.heard).toEqual(Array(3).fill('fault no room'));
      expect(rig.states).toContain('faulted');
    },
  );

  it('shows the fault while it lasts', async () => {
    await using rig = new RunningPeople();
    const faulted = Promise.withResolvers<void>();
    let failing = false;
    const store = withFaults(rig.store, (call) => (failing && call === 'applyBatch' ? full : undefined));
    const runner = rig.run({ store, hooks: { onFault: () => faulted.resolve() } });
    await runner.started;
    failing = true;
    const position = await rig.append('ada', 'person.registered');
    await faulted.promise;
    expect([runner.state(), runner.fault(), await runner.reached(position, 1)]).toEqual(['faulted', full, 'not-yet']);
    failing = false;
    expect(await runner.reached(position, 5000)).toBe('reached');
    expect(runner.state()).toBe('live');
  });

  it('stops in the middle of it', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run({
      store: withFaults(rig.store, () => full),
      backOff: { firstMs: 60_000, longestMs: 60_000 },
    });
    await runner.stop();
    expect(runner.state()).toBe('stopped');
  });
});

it('a runner whose log fails goes on where it was when the log is back', async () => {
  await using rig = new RunningPeople();
  await rig.append('ada', 'person.registered');
  const runner = rig.run();
  await caughtUp(runner, rig.log);
  rig.log.fault = away;
  const position = await rig.append('ada', 'person.aged');
  await expect(runner.lag()).rejects.toThrow('away');
  rig.log.fault = undefined;
  expect(await runner.reached(position, 5000)).toBe('reached');
  expect([await rig.age('ada'), await rig.total(), runner.state()]).toEqual([1, 1, 'live']);
});

/** A log whose followers fail at their beginning, so many times, and then after a batch, so many times. */
class FailingFollowers extends MemoryLog {
  atOnce = 0;
  afterBatch = 0;
  failure = away;

  override async *follow(after: Position | undefined, options: FollowOptions): AsyncIterable<readonly StoredEvent[]> {
    if (this.atOnce-- > 0) throw this.failure;
    for await (const batch of super.follow(after, options)) {
      yield batch;
      if (this.afterBatch-- > 0) throw this.failure;
    }
  }
}

it('a runner whose log is back is live again, also where nothing new comes', async () => {
  const log = new FailingFollowers();
  await using rig = new RunningPeople({ log });
  const position = await rig.append('ada', 'person.registered');
  const before = rig.run();
  await caughtUp(before, log);
  await before.stop();
  log.atOnce = 1;
  rig.states.splice(0);
  expect(await rig.run().reached(position, 5000)).toBe('reached');
  await expect.poll(() => rig.states.slice(-2)).toEqual(['faulted', 'live']);
});

it('a runner counts its attempts from the last time that it came further', async () => {
  const log = new FailingFollowers();
  await using rig = new RunningPeople({ log });
  await rig.append('ada', 'person.registered');
  Object.assign(log, { atOnce: 2, afterBatch: 1 });
  const attempts: number[] = [];
  const runner = rig.run({ hooks: { onFault: ({ attempt }) => attempts.push(attempt) } });
  await caughtUp(runner, log);
  await rig.append('ada', 'person.aged');
  await caughtUp(runner, log);
  expect(attempts).toEqual([1, 2, 1]);
});

it('a log that goes on refusing its own positions is tried again at once, and from then on it is a fault', async () => {
  const log = new FailingFollowers();
  await using rig = new RunningPeople({ log });
  await rig.append('ada', 'person.registered');
  Object.assign(log, { atOnce: 10, failure: new EventStoreFault('log-changed', 'replaced') });
  await caughtUp(rig.run(), log);
  expect([await rig.age('ada'), rig.heard]).toEqual([0, Array(9).fill('fault replaced')]);
});

it('a log that was replaced under the runner is tried again after a pause, not at once for ever', async () => {
  await using rig = new RunningPeople();
  await rig.append('ada', 'person.registered');
  const runner = rig.run();
  await caughtUp(runner, rig.log);
  rig.log.fault = new EventStoreFault('log-changed', 'replaced');
  const position = await rig.append('ada', 'person.aged');
  expect(await runner.reached(position, 40)).toBe('not-yet');
  expect(runner.state()).toBe('faulted');
  expect(rig.heard.length).toBeLessThan(40);
  rig.log.fault = undefined;
  expect(await runner.reached(position, 5000)).toBe('reached');
  expect([await rig.age('ada'), await rig.total(), runner.state()]).toEqual([1, 1, 'live']);
});

it('a runner whose log was replaced leaves the group to whoever took it over meanwhile', async () => {
  await using stale = new RunningPeople();
  await using fresh = new RunningPeople({ model: stale.model });
  await stale.append('ada', 'person.registered');
  const left = stale.run();
  await caughtUp(left, stale.log);
  await fresh.append('bob', 'person.registered');
  const taken = fresh.run();
  await caughtUp(taken, fresh.log);
  stale.log.fault = new EventStoreFault('log-changed', 'replaced');
  await stale.append('ada', 'person.aged').catch(() => undefined);
  expect(await left.ended).toBe('taken-over');
  expect([taken.state(), await fresh.total(), await fresh.age('ada')]).toEqual(['live', 1, undefined]);
});

it('a decoder that cannot load what it needs is a fault, not poison', async () => {
  await using rig = new RunningPeople();
  let left = 2;
  const position = await rig.append('ada', 'person.registered');
  const runner = rig.run({
    decode: async () => {
      if (left-- > 0) throw new Error('keys are away');
      return (stored) => ({
        stored,
        type: stored.type,
        stream: { category: 'person', tenant: 'main', id: 'ada' },
        data: stored.data,
      });
    },
  });
  expect(await runner.reached(position, 5000)).toBe('reached');
  expect([runner.parked(), rig.heard]).toEqual([[], Array(2).fill('fault keys are away')]);
});

it('a store that lets rows through before it fails ends with the same rows', async () => {
  await using rig = new RunningPeople();
  await using straight = new RunningPeople({ log: rig.log });
  let time = 0;
  const leaky = new Proxy(rig.store, {
    get: (target, name: keyof ReadModelStore) =>
      name !== 'applyBatch'
        ? target[name].bind(target)
        : async (...[group, batch]: Parameters<ReadModelStore['applyBatch']>) => {
            time += 1;
            if (time % 2 === 0) return target.applyBatch(group, batch);
            const { epoch, writes } = batch;
            await target.applyBatch(group, { epoch, writes });
            throw new ReadModelFault('unavailable', 'cut off');
          },
  });
  for (const person of ['ada', 'bob', 'ada'])
    await rig.append(person, 'person.registered', 'person.aged', 'person.left');
  await caughtUp(rig.run({ store: leaky, batchSize: 2 }), rig.log);
  await caughtUp(straight.run(), rig.log);
  expect(await rig.rows()).toEqual(await straight.rows());
});
