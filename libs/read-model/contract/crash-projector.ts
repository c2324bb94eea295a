/**
 * A process that appends people and projects them until it is killed.
 * `node crash-projector.ts <module of the read-model adapter> <its open function> <folder>`
 */
import { join } from 'node:path';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import type { ReadModelStore } from '../src/read-model.port.ts';
import { runProjections } from '../src/run-projections.ts';
import { group } from './people.ts';
import { decodePeople, event, peopleProjections, plantedErrors } from './people-projections.ts';
import { endWithStarter } from './projecting-process.ts';

type Open = (options: { readonly path: string }) => Promise<ReadModelStore>;

endWithStarter();
const [adapter = '', open = '', folder = ''] = process.argv.slice(2);
const { [open]: openReadModel } = (await import(adapter)) as Record<string, Open>;
if (openReadModel === undefined) throw new Error(`${adapter} has no ${open}`);

const events = await openEmbeddedEventStore({ path: join(folder, 'events.db') });
const store = await openReadModel({ path: join(folder, 'read-models.db') });
const planted = plantedErrors();
planted.evolve.add('person.left');
const runner = runProjections({
  group,
  projections: peopleProjections(planted).all,
  events,
  store,
  decode: decodePeople(),
  batchSize: 20,
});
await runner.started;

const types = ['person.registered', 'person.aged', 'person.aged', 'person.moved', 'person.befriended'];
for (let time = 0; ; time += 1) {
  const appends = Array.from({ length: 8 }, (_, each) => {
    const name = `p${(time * 8 + each) % 97}`;
    const type = time % 41 === 0 && each === 0 ? 'person.left' : (types[(time + each) % types.length] ?? 'person.aged');
    return events.append(`person-main.${name}`, [event(type, { name, friend: `p${time % 89}` })], 'any');
  });
  await Promise.all(appends);
  if (time === 0) process.stdout.write('ready\n');
  // Now and then a parked stream is retried, and fails or succeeds: a kill may come in the middle of either.
  if (time % 5 !== 0) continue;
  if (time % 10 === 0) planted.evolve.clear();
  for (const { projection, stream } of runner.parked().slice(0, 1)) await runner.retryParked(projection, stream);
  planted.evolve.add('person.left');
}
