import assert from 'node:assert/strict';
import { type ReadModelStore, viewId } from '../src/read-model.port.ts';
import {
  assertApplied,
  assertFault,
  at,
  group,
  type Person,
  parkedAt,
  people,
  peopleAgain,
  takeOver,
  upTo,
  withPeople,
  write,
  writesTo,
} from './people.ts';
import type { ReadModelCase } from './read-model-case.ts';

const ada: Person = { tenant: 'main', name: 'ada' };

/** Builds the group anew beside the one that serves: these rows, up to this place. */
async function build(
  store: ReadModelStore,
  generation: string,
  rows: Readonly<Record<string, Person>>,
  place: number,
): Promise<void> {
  const beside = store.beside(generation);
  await beside.prepare([people]);
  const { epoch } = await beside.takeOver(group);
  assertApplied(await beside.startOver(group, { epoch, drop: [people], forget: ['people'], views: [people] }));
  const writes = writesTo(people, ...Object.entries(rows).map(([key, row]) => write(key, row, place)));
  const parked = [parkedAt(place, `person-main.${generation}`)];
  assertApplied(await beside.applyBatch(group, { epoch, progress: upTo(place), writes, parked }));
}

export const generationCases: readonly ReadModelCase[] = [
  {
    name: 'what is built beside is seen by no reader, and has a checkpoint, an epoch and parking of its own',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await build(store, 'green', { ada: { ...ada, age: 9 }, bob: ada }, 5);
      const other = await model.connect();
      for (const reader of [store, other]) {
        assert.deepEqual(await reader.get(people, 'ada'), ada);
        assert.equal(await reader.get(people, 'bob'), undefined);
        assert.equal((await reader.readCheckpoint(group))?.position, at(1));
        assert.deepEqual(await reader.readParked(group), []);
        assert.equal((await reader.beside('green').get(people, 'ada'))?.age, 9);
        assert.equal((await reader.beside('green').readCheckpoint(group))?.position, at(5));
        assert.equal((await reader.beside('green').readParked(group)).length, 1);
        assert.equal(await reader.beside('verify').readCheckpoint(group), undefined);
      }
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(2), writes: new Map() }));
    },
  },
  {
    name: 'adopting gives every reader the rows, the checkpoint and the parking at once',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada, eve: ada });
      const other = await model.connect();
      assert.deepEqual(await other.get(people, 'eve'), ada);
      await store.applyBatch(group, {
        epoch,
        progress: upTo(2),
        writes: new Map(),
        parked: [parkedAt(2, 'person-main.old')],
      });
      await build(store, 'green', { ada: { ...ada, age: 9 } }, 5);
      assertApplied(await store.adopt(group, { epoch, generation: 'green' }));
      const check = async (reader: ReadModelStore) => {
        assert.equal((await reader.get(people, 'ada'))?.age, 9);
        assert.equal(await reader.get(people, 'eve'), undefined);
        assert.equal((await reader.find(people, { index: ['tenant', 'name'], limit: 9 })).length, 1);
        const checkpoint = { epoch, position: at(5), events: 5, generation: 'green', views: ['people@1'] };
        assert.deepEqual(await reader.readCheckpoint(group), checkpoint);
        assert.deepEqual(await reader.readParked(group), [parkedAt(5, 'person-main.green')]);
      };
      await check(store);
      await check(other);
      assertApplied(
        await store.applyBatch(group, { epoch, progress: upTo(6), writes: writesTo(people, write('bob', ada, 6)) }),
      );
      assert.deepEqual(await other.get(people, 'bob'), ada);
      await store.close();
      await other.close();
      const again = await model.connect();
      await again.prepare([people]);
      assert.equal((await again.get(people, 'ada'))?.age, 9);
    },
  },
  {
    name: 'the rows before stay beside until they are dropped, and the next rebuild may use their place',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await build(store, 'green', { bob: ada }, 5);
      await store.adopt(group, { epoch, generation: 'green' });
      assert.deepEqual(await store.beside('blue').get(people, 'ada'), ada);
      await store.beside('blue').drop(people);
      await assertFault(store.beside('blue').get(people, 'ada'), 'misuse');
      assert.deepEqual(await store.get(people, 'bob'), ada);
      await build(store, 'blue', { eve: ada }, 7);
      assertApplied(await store.adopt(group, { epoch, generation: 'blue' }));
      assert.deepEqual(await store.get(people, 'eve'), ada);
      assert.equal(await store.get(people, 'bob'), undefined);
    },
  },
  {
    name: 'what readers see cannot be written, or dropped, as if it lay beside',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await assertFault(store.beside('blue').drop(people), 'misuse');
      await build(store, 'green', { bob: ada }, 5);
      const late = store.beside('green');
      const { epoch: builder } = await late.takeOver(group);
      await store.adopt(group, { epoch, generation: 'green' });
      const writes = writesTo(people, write('late', ada, 9));
      const outcome = await late
        .applyBatch(group, { epoch: builder, progress: upTo(9), writes })
        .catch(() => 'refused');
      assert.notDeepEqual(outcome, { outcome: 'applied' });
      assert.equal(await store.get(people, 'late'), undefined);
      await assertFault(store.beside('green').drop(people), 'misuse');
    },
  },
  {
    name: 'adopting is refused to an older epoch, and where nothing was built',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await assertFault(store.adopt(group, { epoch, generation: 'green' }), 'misuse');
      await build(store, 'green', { bob: ada }, 5);
      const { epoch: current } = await takeOver(model);
      assert.deepEqual(await store.adopt(group, { epoch, generation: 'green' }), { outcome: 'stale-epoch', current });
      assert.deepEqual(await store.get(people, 'ada'), ada);
      assert.equal((await store.readCheckpoint(group))?.position, at(1));
    },
  },
  {
    name: 'a view that joins a group later is made in the generation that readers see',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await store.startOver(group, { epoch, drop: [], forget: [], views: [people] });
      await build(store, 'green', { ada: { ...ada, age: 9 } }, 5);
      await store.adopt(group, { epoch, generation: 'green' });
      await store.prepare([people, peopleAgain]);
      const views = [people, peopleAgain];
      assertApplied(await store.startOver(group, { epoch, drop: [peopleAgain], forget: [], views }));
      assertApplied(
        await store.applyBatch(group, {
          epoch,
          progress: upTo(1),
          writes: writesTo(peopleAgain, write('bob', ada, 1)),
        }),
      );
      for (const reader of [store, await model.connect()]) {
        assert.equal((await reader.get(people, 'ada'))?.age, 9);
        assert.deepEqual(await reader.get(peopleAgain, 'bob'), ada);
      }
    },
  },
  {
    name: 'what nobody reads any more is dropped, also beside; what a group keeps up or somebody reads stays',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await store.startOver(group, { epoch, drop: [], forget: [], views: [people, peopleAgain] });
      const writes = writesTo(peopleAgain, write('bob', ada, 1));
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(1), writes }));
      const [reading, left] = [store.beside('reading'), store.beside('left')];
      for (const [beside, views] of [[reading, [people]] as const, [left, [people, peopleAgain]] as const]) {
        await beside.prepare(views);
        const built = await beside.takeOver(group);
        assertApplied(await beside.startOver(group, { epoch: built.epoch, drop: [], forget: [], views }));
      }
      assert.equal(await store.dropUnread(new Set([viewId(people)])), false);
      assert.deepEqual(await store.get(peopleAgain, 'bob'), ada);
      assert.deepEqual(await left.scan(people, { limit: 1 }), []);

      assertApplied(await store.keepViews(group, { epoch, views: [people] }));
      assert.equal(await store.dropUnread(new Set()), true);
      for (const reader of [store, await model.connect()]) {
        await assertFault(reader.get(peopleAgain, 'bob'), 'misuse');
        assert.deepEqual(await reader.get(people, 'ada'), ada);
      }
      await assertFault(left.scan(people, { limit: 1 }), 'misuse');
      assert.equal(await left.readCheckpoint(group), undefined);
      assert.deepEqual(await reading.scan(people, { limit: 1 }), []);
      assert.equal(await store.dropUnread(new Set()), false);
      assert.deepEqual(await store.get(people, 'ada'), ada);
    },
  },
];
