import type { EventStore } from '@evident/event-store';
import { runProjections } from '@evident/read-model';
import { openMongodbReadModel } from '@evident/read-model/mongodb';
import type { Document } from 'mongodb';
import { replay, scanAndReplace, withoutSession } from '../limits/bare-mongodb.ts';
import type { Program, Resource } from '../program.ts';
import { freshDatabase, mongodb } from '../servers/mongodb.ts';
import { logOfUsers } from '../stores/log-of-users.ts';
import { decode, projections } from '../stores/rebuilt-views.ts';

const patienceMs = 600_000;
const usualEvents = 20_000;

const log = logOfUsers(usualEvents);

/** Every command of one rebuild. */
const commands: Resource<readonly Document[]> = async ({ use }) => {
  const value: Document[] = [];
  const url = freshDatabase(await use(mongodb));
  await rebuildViews(await use(log), url, (command) => value.push(withoutSession(command)));
  return { value, close: () => undefined };
};

/** Round by round the whole log, of as many events as `--set events=` says. */
export const rebuildMongodb: Program = {
  name: 'rebuild-mongodb',
  measures: 'rebuild of four views from an empty read model on a server of the MongoDB protocol',
  unit: 'per second',
  limit: 'the same finds and bulk writes sent by the bare driver',
  budget: [{ of: 'figure', least: 15_000 }],
  isHere: true,
  async run({ use, option }) {
    const total = option('events', usualEvents);
    const [server, events] = [await use(mongodb), await use(log)];
    const perSecond = (ms: number) => total / (ms / 1_000);
    const limit = perSecond(await replay(freshDatabase(server), await use(commands)));
    const one = perSecond(await scanAndReplace(freshDatabase(server), events));
    const figure = perSecond(await rebuildViews(events, freshDatabase(server)));
    return { figure, limit, also: { 'a scan with one bare upsert an event, per second': one } };
  },
};

/** Milliseconds until the rows have passed the head of the log. */
async function rebuildViews(events: EventStore, url: string, onCommand?: (command: Document) => void): Promise<number> {
  const store = await openMongodbReadModel({ url, ...(onCommand === undefined ? {} : { onCommand }) });
  await store.prepare(projections.map(({ view }) => view));
  const head = await events.lastPosition();
  const began = performance.now();
  const runner = runProjections({ group: 'directory', projections, events, store, decode });
  if (head !== undefined) await runner.reached(head, patienceMs);
  const took = performance.now() - began;
  await runner.stop();
  await store.close();
  return took;
}
