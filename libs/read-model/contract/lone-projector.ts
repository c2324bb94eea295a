/**
 * A process that projects people, appends nothing, and says when its group was taken over.
 * `node lone-projector.ts <module of the read-model adapter> <its open function> <folder>`
 */
import { join } from 'node:path';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import type { ReadModelStore } from '../src/read-model.port.ts';
import { runProjections } from '../src/run-projections.ts';
import { group } from './people.ts';
import { decodePeople, peopleProjections } from './people-projections.ts';
import { endWithStarter } from './projecting-process.ts';

type Open = (options: { readonly path: string }) => Promise<ReadModelStore>;

const [adapter = '', open = '', folder = ''] = process.argv.slice(2);
const { [open]: openReadModel } = (await import(adapter)) as Record<string, Open>;
if (openReadModel === undefined) throw new Error(`${adapter} has no ${open}`);

const events = await openEmbeddedEventStore({ path: join(folder, 'events.db'), readOnly: true });
const store = await openReadModel({ path: join(folder, 'read-models.db') });
const { all: projections } = peopleProjections();
// Small batches: whenever it is frozen, it is in the middle of its work.
const runner = runProjections({ group, projections, events, store, decode: decodePeople(), batchSize: 3 });
// A log that is followed keeps no process alive, and this one may have nothing to do for a while.
const mayEnd = endWithStarter();
await runner.started;
process.stdout.write('ready\n');
const ended = await runner.ended;
mayEnd();
await store.close();
await events.close();
process.stdout.write(`${ended}\n`);
