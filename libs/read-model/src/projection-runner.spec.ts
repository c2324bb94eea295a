import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../contract/memory-log.ts';
import { at, group, people } from '../contract/people.ts';
import { event } from '../contract/people-projections.ts';
import { caughtUp, RunningPeople } from '../contract/running-people.ts';

/** How many events each batch had, and when there was one. */
function heardBatches() {
  const batches: number[] = [];
  const { promise: first, resolve } = Promise.withResolvers<void>();
  const onBatch = ({ events }: { readonly events: number }) => {
    batches.push(events);
    resolve();
  };
  return { batches, first, onBatch };
}

describe('a runner', () => {
  it('brings the rows to the end of the log, then follows it', async () => {
    await using rig = new RunningPeople();
    await rig.append('ada', 'person.registered', 'person.aged');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect([await rig.age('ada'), await rig.total()]).toEqual([1, 1]);
    await rig.append('bob', 'person.registered');
    const last = await rig.append('ada', 'person.aged');
    expect(await runner.reached(last, 5000)).toBe('reached');
    expect([await rig.age('ada'), await rig.total(), runner.position()]).toEqual([2, 2, last]);
    expect(rig.states).toEqual(['catching-up', 'live']);
  });

  it('gathers what comes after a batch, until somebody waits for it or the runner is stopped', async () => {
    await using rig = new RunningPeople();
    const { batches, first, onBatch } = heardBatches();
    const runner = rig.run({ gatherMs: 3_600_000, hooks: { onBatch } });
    await runner.started;
    await rig.append('ada', 'person.registered');
    await first;
    await nextTurn();
    await rig.append('ada', 'person.aged');
    const last = await rig.append('ada', 'person.aged');
    expect(await runner.reached(last, 5000)).toBe('reached');
    expect([batches, await rig.age('ada')]).toEqual([[1, 2], 2]);
    await rig.append('ada', 'person.aged');
    await runner.stop();
  });

  it('writes what has gathered in steps, so that others have the event loop between them', async () => {
    await using rig = new RunningPeople();
    const { batches, first, onBatch } = heardBatches();
    const runner = rig.run({ gatherMs: 3_600_000, stepMs: 0.001, hooks: { onBatch } });
    await rig.append('ada', 'person.registered');
    await first;
    const flood = await rig.append('ada', ...Array.from({ length: 120 }, () => 'person.aged' as const));
    expect(await runner.reached(flood, 5000)).toBe('reached');
    expect([batches, await rig.age('ada')]).toEqual([[1, 50, 50, 20], 120]);
  });

  it('is live at once on an empty log', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    await runner.started;
    expect([runner.state(), runner.position()]).toEqual(['live', undefined]);
  });

  it('gives the same rows in batches of any size', async () => {
    const model = new MemoryLog();
    const results: unknown[] = [];
    for (const batchSize of [1, 2, 7, 1000]) {
      await using rig = new RunningPeople({ log: model });
      if (batchSize === 1) await history(rig);
      const runner = rig.run({ batchSize });
      await caughtUp(runner, rig.log);
      results.push(await rig.rows());
    }
    for (const each of results.slice(1)) expect(each).toEqual(results[0]);
  });

  it('goes on from its checkpoint after a restart, events without rows included', async () => {
    await using rig = new RunningPeople();
    await rig.append('ada', 'person.registered', 'person.moved');
    const first = rig.run();
    await caughtUp(first, rig.log);
    await first.stop();
    expect(first.state()).toBe('stopped');
    expect((await rig.store.readCheckpoint(group))?.position).toBe(first.position());
    await rig.append('ada', 'person.aged');
    const second = rig.run();
    await second.started;
    await caughtUp(second, rig.log);
    expect([await rig.age('ada'), rig.heard]).toEqual([1, []]);
  });

  it('refuses two projections of one name or one view', () => {
    const { persons } = new RunningPeople().projections;
    const rig = new RunningPeople();
    expect(() => rig.run({ projections: [persons, { ...persons, name: 'again' }] })).toThrow('people@1');
    expect(() => rig.run({ projections: [persons, { ...persons, view: { ...people, version: 2 } }] })).toThrow(
      'persons',
    );
  });

  it('ends when its signal aborts', async () => {
    await using rig = new RunningPeople();
    const controller = new AbortController();
    const runner = rig.run({ signal: controller.signal });
    await runner.started;
    controller.abort();
    expect([await runner.ended, runner.state()]).toEqual(['stopped', 'stopped']);
  });

  it('tells how far it is behind', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run({ now: () => Date.now() + 5000 });
    await caughtUp(runner, rig.log);
    expect(await runner.lag()).toEqual({ events: 0, atLeast: false, ms: 0 });
    await runner.stop();
    await rig.append('ada', 'person.registered', 'person.aged', 'person.aged');
    const lag = await runner.lag(2);
    expect(lag).toMatchObject({ events: 2, atLeast: true });
    expect(lag.ms).toBeGreaterThanOrEqual(5000);
  });
});

describe('the checkpoint of events that change no row', () => {
  const saved = async (rig: RunningPeople) => (await rig.store.readCheckpoint(group))?.position;

  it('is saved a moment later, each time', async () => {
    await using rig = new RunningPeople();
    rig.run();
    for (let time = 0; time < 2; time += 1) {
      const last = await rig.append('ada', 'person.moved');
      await expect.poll(() => saved(rig)).toBe(last);
    }
  });

  it('is saved when the runner stops', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    const last = await rig.append('ada', 'person.moved');
    await caughtUp(runner, rig.log);
    await runner.stop();
    expect(await saved(rig)).toBe(last);
  });
});

describe('waiting for a position', () => {
  it('is over in the same turn where it is reached already', async () => {
    await using rig = new RunningPeople();
    const position = await rig.append('ada', 'person.registered');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    const turn = nextTurn('later');
    expect(await Promise.race([turn, runner.reached(position, 1000)])).toBe('reached');
    await turn;
  });

  it('ends with not-yet when the time is over', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(await runner.reached(at(99, rig.log.logId), 1)).toBe('not-yet');
  });

  it('is never mistaken across logs', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    expect(await runner.reached(at(1, 'another-log'), 1000)).toBe('log-changed');
  });

  it('ends when the runner does', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    await runner.started;
    const waiting = runner.reached(at(99, rig.log.logId), 60_000);
    await runner.stop();
    expect([await waiting, await runner.reached(at(99, rig.log.logId), 60_000)]).toEqual(['stopped', 'stopped']);
  });

  it('before the start lasts until the checkpoint is known', async () => {
    await using rig = new RunningPeople();
    const position = await rig.append('ada', 'person.registered');
    await caughtUp(rig.run(), rig.log);
    const again = rig.run();
    expect(await again.reached(position, 5000)).toBe('reached');
  });
});

describe('taking over', () => {
  it('ends the runner before, whose next batch changes nothing', async () => {
    await using rig = new RunningPeople();
    const old = rig.run();
    await caughtUp(old, rig.log);
    const next = rig.run({ store: rig.model.connect() });
    await next.started;
    const waiting = old.reached(at(99, rig.log.logId), 60_000);
    const last = await rig.append('ada', 'person.registered', 'person.aged');
    expect([await old.ended, await waiting]).toEqual(['taken-over', 'taken-over']);
    expect(await next.reached(last, 5000)).toBe('reached');
    expect([await rig.age('ada'), await rig.total(), next.state()]).toEqual([1, 1, 'live']);
  });

  it('works again and again, from the runner that was pushed out too', async () => {
    await using rig = new RunningPeople();
    const runners = [rig.run()];
    for (let time = 0; time < 5; time += 1) {
      const person = `p${time}`;
      await runners.at(-1)?.started;
      runners.push(rig.run());
      await rig.append(person, 'person.registered', 'person.aged');
    }
    const last = runners.pop();
    if (last !== undefined) await caughtUp(last, rig.log);
    expect(await Promise.all(runners.map(({ ended }) => ended))).toEqual(Array(5).fill('taken-over'));
    expect(await rig.total()).toBe(5);
  });
});

describe('starting over', () => {
  it('happens where the log is another one, with the old rows gone', async () => {
    await using before = new RunningPeople();
    await before.append('ada', 'person.registered');
    before.planted.evolve.add('person.left');
    await before.append('eve', 'person.registered', 'person.left');
    await caughtUp(before.run(), before.log);
    await using rig = new RunningPeople({ model: before.model });
    await rig.append('bob', 'person.registered');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect([await rig.age('ada'), await rig.age('bob'), await rig.total()]).toEqual([undefined, 0, 1]);
    expect([rig.heard, runner.parked()]).toEqual([['start over: log-changed'], []]);
  });

  it('happens where the log ends before the checkpoint', async () => {
    await using before = new RunningPeople({ log: new MemoryLog('log-a') });
    await before.append('ada', 'person.registered', 'person.aged');
    await caughtUp(before.run(), before.log);
    await using rig = new RunningPeople({ log: new MemoryLog('log-a'), model: before.model });
    await rig.append('bob', 'person.registered');
    await caughtUp(rig.run(), rig.log);
    expect([rig.heard, await rig.age('ada'), await rig.total()]).toEqual([['start over: log-shorter'], undefined, 1]);
  });

  it('fills a view that is new from the whole past and leaves the others as they are', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const { persons, friendships, totals } = rig.projections;
    const first = rig.run({ projections: [persons, totals] });
    await caughtUp(first, rig.log);
    const before = [await rig.age('ada'), await rig.total()];
    const second = rig.run({ projections: [persons, totals, friendships] });
    await second.started;
    expect(await rig.age('ada')).toBe(before[0]);
    await caughtUp(second, rig.log);
    expect([await rig.age('ada'), await rig.total()]).toEqual(before);
    expect(await rig.store.find(friendships.view, { index: ['friend'], limit: 10 })).toHaveLength(2);
    expect(rig.heard).toEqual(['start over: views-added']);
  });
});

async function history(rig: RunningPeople): Promise<void> {
  await rig.append('ada', 'person.registered', 'person.aged', event('person.befriended', { friend: 'bob' }));
  await rig.append('bob', 'person.registered', 'person.moved', event('person.befriended', { friend: 'ada' }));
  await rig.append('ada', 'person.aged', 'person.left', 'person.registered');
  await rig.append('eve', 'person.registered', 'person.aged', 'person.left');
}
