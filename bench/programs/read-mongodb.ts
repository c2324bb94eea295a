import { type AnyView, type ReadModelStore, runProjections } from '@evident/read-model';
import { openMongodbReadModel } from '@evident/read-model/mongodb';
import { bareReads } from '../limits/bare-mongodb.ts';
import { closedLoop } from '../load/closed-loop.ts';
import type { Program, Resource } from '../program.ts';
import { freshDatabase, mongodb } from '../servers/mongodb.ts';
import { logOfUsers } from '../stores/log-of-users.ts';
import { decode, projections } from '../stores/rebuilt-views.ts';

const log = logOfUsers(20_000);
const pageSize = 100;

interface ReadRows {
  readonly store: ReadModelStore;
  readonly view: AnyView;
  readonly keys: readonly string[];
  readonly bare: ReturnType<typeof bareReads>;
}

const rows: Resource<ReadRows> = async (site) => {
  const server = await site.use(mongodb);
  const events = await site.use(log);
  const url = freshDatabase(server);
  // As the adapter names the collection of a view, which the bare driver has to know.
  const names = new Set<string>();
  const store = await openMongodbReadModel({ url, onCommand: ({ find }) => names.add(String(find)) });
  const [users] = projections;
  if (users === undefined) throw new Error('no views');
  const runner = runProjections({ group: 'directory', projections, events, store, decode });
  const head = await events.lastPosition();
  if (head !== undefined) await runner.reached(head, 600_000);
  await runner.stop();
  const found = await store.scan(users.view, { limit: 100_000 });
  const collection = [...names].findLast((name) => name.startsWith('users_v1')) ?? '';
  const reading = await openMongodbReadModel({ url });
  const bare = bareReads(url, collection);
  return {
    value: { store: reading, view: users.view, keys: found.map(({ key }) => key), bare },
    async close() {
      await store.close();
      await reading.close();
      await bare.close();
    },
  };
};

/** One caller, so that what is measured is how long a read takes. */
export const readMongodb: Program = {
  name: 'read-mongodb',
  measures: 'a row by its key on a server of the MongoDB protocol, one after the other: median',
  unit: 'ms',
  limit: 'the same find by the bare driver',
  budget: [],
  isHere: true,
  seconds: 2,
  async run({ seconds, use }) {
    const { store, view, keys, bare } = await use(rows);
    const keyAt = (turn: number) => keys[(turn * 7_919) % keys.length] ?? '';
    const byName = { index: ['tenant', 'name'], where: { tenant: 'main' }, limit: pageSize };
    const limit = await closedLoop(seconds, 1, (turn) => bare.one(keyAt(turn)));
    const figure = await closedLoop(seconds, 1, (turn) => store.get(view, keyAt(turn)));
    const page = await closedLoop(seconds, 1, () => store.find(view, byName));
    const barePage = await closedLoop(seconds, 1, () =>
      bare.page({ live: true, 'row.tenant': 'main' }, { 'row.name': 1, _id: 1 }, pageSize),
    );
    return {
      figure: figure.p50,
      limit: limit.p50,
      also: {
        'p99, ms': figure.p99,
        'bare p99, ms': limit.p99,
        'page of 100 by an index, ms': page.p50,
        'bare page of 100, ms': barePage.p50,
      },
    };
  },
};
