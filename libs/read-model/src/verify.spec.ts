import { describe, expect, it } from 'vitest';
import { people, write } from '../contract/people.ts';
import { caughtUp, RunningPeople } from '../contract/running-people.ts';
import { history, tamper } from './rebuilt-people.fixture.ts';

const ada = 'person-main.ada';

describe('verifying', () => {
  it('finds no difference where there is none, and leaves nothing behind', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    expect(await runner.verify()).toEqual({ rows: 7, differences: [], differing: 0, stopped: false });
    expect(rig.model.generations.get('verify')?.size).toBe(0);
  });

  it('finds a row that was changed, one that is missing and one too many', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run();
    await caughtUp(runner, rig.log);
    await tamper(rig, 'ada');
    const rows = rig.model.rows(people, 'blue');
    rows.delete('person-main.bob');
    rows.set('nobody', { ...write('nobody', { tenant: 'main', name: 'nobody' }, 1) });
    const { differences, differing } = await runner.verify();
    expect(differing).toBe(3);
    const found = differences.map(({ view, key, live, rebuilt }) => [view, key, live?.name, rebuilt?.name]);
    expect(found).toEqual([
      ['people@1', 'nobody', 'nobody', undefined],
      ['people@1', ada, 'tampered', 'ada'],
      ['people@1', 'person-main.bob', undefined, 'bob'],
    ]);
  });

  it('takes no change in between for a difference', async () => {
    await using rig = new RunningPeople();
    await history(rig);
    const runner = rig.run({ batchSize: 2 });
    await caughtUp(runner, rig.log);
    let verifying = true;
    const verified = runner.verify().finally(() => {
      verifying = false;
    });
    while (verifying) {
      await rig.append('ada', 'person.aged');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await verified).differences).toEqual([]);
  });
});
