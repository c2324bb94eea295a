import { group, people, upTo, writesTo } from '../contract/people.ts';
import { event } from '../contract/people-projections.ts';
import type { RunningPeople } from '../contract/running-people.ts';

/** Three people, one of whom leaves. */
export async function history(rig: RunningPeople): Promise<void> {
  for (const name of ['ada', 'bob', 'eve']) {
    await rig.append(
      name,
      'person.registered',
      'person.aged',
      event('person.befriended', { friend: 'bob' }),
      'person.moved',
    );
  }
  await rig.append('eve', 'person.left');
}

/** Changes a row behind the runner's back, as no event did. */
export async function tamper(rig: RunningPeople, name: string): Promise<void> {
  const key = `person-main.${name}`;
  const stored = (await rig.store.getMany(people, [key])).get(key);
  const epoch = (await rig.store.readCheckpoint(group))?.epoch ?? 0;
  const late = {
    key,
    row: { tenant: 'main', name: 'tampered' },
    position: stored?.position ?? upTo(1).position,
    late: 'x',
  };
  await rig.store.applyBatch(group, { epoch, writes: writesTo(people, late) });
}
