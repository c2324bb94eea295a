import { describe, expect, it } from 'vitest';
import { at, group, people, write, writesTo } from '../contract/people.ts';
import { event } from '../contract/people-projections.ts';
import { caughtUp, RunningPeople } from '../contract/running-people.ts';
import { ReadModelFault } from './read-model-fault.ts';

const ada = 'person-main.ada';

describe('a poison event', () => {
  it('parks its stream for the projection that fails, and only there; the rest moves on', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged');
    await rig.append(
      'ada',
      'person.registered',
      'person.aged',
      event('person.befriended', { friend: 'bob' }),
      'person.left',
    );
    await rig.append('bob', 'person.registered');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect([await rig.age('ada'), await rig.age('bob'), await rig.total()]).toEqual([0, 0, 1]);
    expect(await rig.store.get(rig.projections.friendships.view, `${ada}|bob`)).toBeDefined();
    expect(runner.parked()).toEqual([
      expect.objectContaining({
        projection: 'persons',
        stream: ada,
        type: 'person.aged',
        revision: 1,
        error: 'Error: planted: person.aged',
        keys: [ada],
      }),
    ]);
    expect(rig.heard).toEqual([`parked persons ${ada} person.aged`]);
  });

  it('marks the rows that it and what waits behind it would change', async () => {
    await using rig = new RunningPeople();
    rig.planted.decode.add('person.garbled');
    const { persons } = rig.projections;
    const byName = {
      ...persons,
      types: new Set([...persons.types, 'person.garbled']),
      keys: (each: { data: unknown }) => [String((each.data as { name: string }).name)],
    };
    const runner = rig.run({ projections: [byName] });
    await rig.append('ada', event('person.garbled', { name: 'unknowable' }), event('person.aged', { name: 'waiting' }));
    await caughtUp(runner, rig.log);
    await rig.append('ada', event('person.aged', { name: 'later' }));
    await caughtUp(runner, rig.log);
    const parked = ['waiting', 'later', 'unknowable', 'other'].map((key) => runner.isParked('persons', { key }));
    expect(parked).toEqual([true, true, false, false]);
    expect([runner.isParked('persons', { stream: ada }), runner.isParked('totals', { stream: ada })]).toEqual([
      true,
      false,
    ]);
    expect((await rig.store.readParked(group)).map(({ keys }) => keys)).toEqual([['later', 'waiting']]);
  });

  it('parks every projection that needed it where it cannot be decoded', async () => {
    await using rig = new RunningPeople();
    rig.planted.decode.add('person.left');
    await rig.append('ada', 'person.registered', 'person.left');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(
      runner
        .parked()
        .map(({ projection }) => projection)
        .sort(),
    ).toEqual(['persons', 'totals']);
  });

  it('is applied by a projection to which its content is all the same, and so is one of a type that nobody knows', async () => {
    await using rig = new RunningPeople();
    rig.planted.decode.add('person.aged').add('person.left');
    const { persons, totals } = rig.projections;
    const evolve = (row: { people?: number } | undefined) => ({ people: (row?.people ?? 0) + 1 });
    const counting = { ...totals, decodesOnly: new Set(['person.left']), evolve };
    const runner = rig.run({ projections: [persons, counting] });
    await rig.append('ada', 'person.registered', 'person.aged', 'person.unseen');
    await caughtUp(runner, rig.log);
    expect(rig.heard).toEqual([`parked persons ${ada} person.aged`]);
    expect(await rig.total()).toBe(3);
    await rig.append('ada', 'person.left', 'person.unseen');
    await caughtUp(runner, rig.log);
    expect(runner.isParked('totals', { stream: ada })).toBe(true);
    rig.planted.decode.clear();
    expect(await runner.retryParked('totals', ada)).toEqual({ outcome: 'unparked', events: 2 });
    expect(await rig.total()).toBe(5);
  });

  it('changes none of its rows where it fails at the second of them', async () => {
    await using rig = new RunningPeople();
    const { persons } = rig.projections;
    const twice = {
      ...persons,
      keys: () => ['first', 'second'],
      evolve: (_row: unknown, _event: unknown, key: string) => {
        if (key === 'second') throw new Error('planted');
        return { tenant: 'main', name: key };
      },
    };
    await rig.append('ada', 'person.registered');
    await caughtUp(rig.run({ projections: [twice] }), rig.log);
    expect(await rig.store.get(people, 'first')).toBeUndefined();
  });

  it('is found among others where the store cannot keep what it makes', async () => {
    await using rig = new RunningPeople();
    const { persons, totals } = rig.projections;
    const careless = { ...persons, keys: (each: { data: unknown }) => [String((each.data as { name: string }).name)] };
    await rig.append(
      'ada',
      event('person.registered', { name: 'a' }),
      event('person.registered', { name: 'k'.repeat(2000) }),
    );
    await rig.append('bob', event('person.registered', { name: 'b' }));
    const runner = rig.run({ projections: [careless, totals] });
    await caughtUp(runner, rig.log);
    expect(runner.parked()).toMatchObject([
      { projection: 'persons', stream: ada, revision: 1, error: expect.stringContaining('cannot store') },
    ]);
    expect([
      (await rig.store.get(people, 'a'))?.age,
      (await rig.store.get(people, 'b'))?.age,
      await rig.total(),
    ]).toEqual([0, 0, 3]);
  });

  it.each([
    ['a promise', async () => ({ tenant: 'main', name: 'x' })],
    ['a list', () => []],
    ['text', () => 'row'],
    ['null', () => null],
  ])('is what makes %s of a row', async (_what, evolve) => {
    await using rig = new RunningPeople();
    await rig.append('ada', 'person.registered');
    const runner = rig.run({ projections: [{ ...rig.projections.persons, evolve: evolve as never }] });
    await caughtUp(runner, rig.log);
    expect(runner.parked()).toHaveLength(1);
  });
});

describe('a parked stream', () => {
  it('waits through a restart, and its later events with it', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged');
    await rig.append('ada', 'person.registered', 'person.aged');
    const first = rig.run();
    await caughtUp(first, rig.log);
    await first.stop();
    rig.planted.evolve.clear();
    await rig.append('ada', 'person.aged');
    const second = rig.run();
    await caughtUp(second, rig.log);
    expect([await rig.age('ada'), second.parked().length, second.isParked('persons', { key: ada })]).toEqual([
      0,
      1,
      true,
    ]);
    expect(await second.retryParked('persons', ada)).toEqual({ outcome: 'unparked', events: 2 });
    expect([await rig.age('ada'), second.parked(), second.isParked('persons', { key: ada })]).toEqual([2, [], false]);
  });

  it('stays as it is where the retry fails again', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged');
    await rig.append('ada', 'person.registered', 'person.aged');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    const [before] = runner.parked();
    expect(await runner.retryParked('persons', ada)).toMatchObject({
      outcome: 'parked',
      parked: { eventId: before?.eventId },
    });
    expect(runner.parked()).toEqual([before]);
  });

  it('goes on to the next event that fails', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged').add('person.left');
    await rig.append('ada', 'person.registered', 'person.aged', 'person.aged', 'person.left', 'person.registered');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    rig.planted.evolve.delete('person.aged');
    expect(await runner.retryParked('persons', ada)).toMatchObject({
      outcome: 'parked',
      parked: { type: 'person.left', revision: 3 },
    });
    expect(await rig.age('ada')).toBe(2);
    expect(runner.parked().map(({ projection, type }) => `${projection} ${type}`)).toEqual([
      'persons person.left',
      'totals person.left',
    ]);
  });

  it('loses only the failing event where that is discarded', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.left');
    await rig.append('ada', 'person.registered', 'person.left', 'person.aged', 'person.aged');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(await runner.discardParked('persons', ada)).toEqual({ outcome: 'unparked', events: 2 });
    expect(await rig.age('ada')).toBe(2);
  });

  it('takes new events in order again after its retry', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.aged');
    await rig.append('ada', 'person.registered', 'person.aged');
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    rig.planted.evolve.clear();
    const appended = Promise.all([
      rig.append('ada', 'person.aged'),
      runner.retryParked('persons', ada),
      rig.append('ada', 'person.aged'),
    ]);
    await appended;
    await caughtUp(runner, rig.log);
    expect([await rig.age('ada'), runner.parked()]).toEqual([3, []]);
  });

  it('answers not-parked for what does not wait', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(await runner.retryParked('persons', ada)).toEqual({ outcome: 'not-parked' });
    expect(await runner.discardParked('nothing', ada)).toEqual({ outcome: 'not-parked' });
  });

  it('cannot be retried by a runner that has ended', async () => {
    await using rig = new RunningPeople();
    const runner = rig.run();
    await runner.stop();
    await expect(runner.retryParked('persons', ada)).rejects.toThrow(ReadModelFault);
  });
});

describe('a retry of events that other streams have overtaken', () => {
  it('counts them where events commute, once, also when the retry was cut off after its rows', async () => {
    await using rig = new RunningPeople();
    rig.planted.evolve.add('person.left');
    await rig.append('ada', 'person.registered', 'person.left');
    await rig.append('bob', 'person.registered');
    const runner = rig.run({ projections: [rig.projections.totals] });
    await caughtUp(runner, rig.log);
    expect(await rig.total()).toBe(2);
    const [parked] = runner.parked();
    const total = (await rig.store.getMany(rig.projections.totals.view, ['main'])).get('main');
    const row = { people: 1 };
    const late = { key: 'main', row, position: total?.position ?? at(0), late: parked?.eventId ?? '' };
    const epoch = (await rig.store.readCheckpoint(group))?.epoch ?? 0;
    await rig.store.applyBatch(group, { epoch, writes: writesTo(rig.projections.totals.view, late) });
    rig.planted.evolve.clear();
    expect(await runner.retryParked('totals', ada)).toEqual({ outcome: 'unparked', events: 1 });
    expect(await rig.total()).toBe(1);
    await rig.append('eve', 'person.registered');
    await caughtUp(runner, rig.log);
    expect(await rig.total()).toBe(2);
  });

  it('leaves a row that a later event has settled', async () => {
    await using rig = new RunningPeople();
    const { persons } = rig.projections;
    const byName = { ...persons, keys: (each: { data: unknown }) => [String((each.data as { name: string }).name)] };
    rig.planted.evolve.add('person.left');
    await rig.append('ada', event('person.registered', { name: 'shared' }), event('person.left', { name: 'shared' }));
    const runner = rig.run({ projections: [byName] });
    await caughtUp(runner, rig.log);
    rig.planted.evolve.clear();
    const position = await rig.append('bob', event('person.aged', { name: 'shared' }));
    await caughtUp(runner, rig.log);
    expect(await runner.retryParked('persons', ada)).toEqual({ outcome: 'unparked', events: 1 });
    const stored = (await rig.store.getMany(people, ['shared'])).get('shared');
    expect(stored).toEqual({ ...write('shared', { tenant: 'main', name: 'shared', age: 1 }, 1), position });
  });
});
