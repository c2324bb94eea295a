import assert from 'node:assert/strict';
import {
  assertApplied,
  assertFault,
  at,
  group,
  type Person,
  parkedAt,
  people,
  takeOver,
  upTo,
  withPeople,
  write,
  writesTo,
} from './people.ts';
import type { ReadModelCase } from './read-model-case.ts';

const ada: Person = { tenant: 'main', name: 'ada' };

export const batchCases: readonly ReadModelCase[] = [
  {
    name: 'a batch applied again and again is a batch applied once',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const batch = {
        epoch,
        progress: upTo(3),
        writes: writesTo(people, write('ada', ada, 2), write('bob', undefined, 3)),
        parked: [parkedAt(1, 'person-main.1', ['eve'])],
      };
      const seen: unknown[] = [];
      for (let time = 0; time < 3; time += 1) {
        assertApplied(await store.applyBatch(group, batch));
        const rows = await store.scan(people, { limit: 10 });
        seen.push({ rows, parked: await store.readParked(group), checkpoint: await store.readCheckpoint(group) });
      }
      assert.deepEqual(seen[1], seen[0]);
      assert.deepEqual(seen[2], seen[0]);
    },
  },
  {
    name: 'rows that got through without their checkpoint change nothing when the batch comes again',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await store.applyBatch(group, { epoch, writes: writesTo(people, write('ada', { ...ada, age: 1 }, 2)) });
      assert.equal((await store.readCheckpoint(group))?.position, at(1));
      const writes = writesTo(people, write('ada', { ...ada, age: 99 }, 2), write('bob', ada, 3));
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(3), writes }));
      assert.equal((await store.get(people, 'ada'))?.age, 1);
      assert.deepEqual(await store.get(people, 'bob'), ada);
      assert.equal((await store.readCheckpoint(group))?.position, at(3));
    },
  },
  {
    name: 'no reader sees the checkpoint before the rows',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const reader = await model.connect();
      for (let place = 1; place <= 20; place += 1) {
        const rows = Array.from({ length: 20 }, (_, each) => write(`key-${each}`, { ...ada, age: place }, place));
        let done = false;
        const applied = store.applyBatch(group, { epoch, progress: upTo(place), writes: writesTo(people, ...rows) });
        const ended = applied.then(() => {
          done = true;
        });
        do {
          const position = (await reader.readCheckpoint(group))?.position;
          const age = (await reader.get(people, 'key-19'))?.age ?? 0;
          assert.ok(position === undefined || position <= at(Number(age)), `${position} with a row of ${age}`);
        } while (!done);
        await ended;
      }
    },
  },
  {
    name: 'the checkpoint never goes back, and stays where a batch names none',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      for (const progress of [upTo(7), upTo(4)]) await store.applyBatch(group, { epoch, progress, writes: new Map() });
      await store.applyBatch(group, { epoch, writes: writesTo(people, write('ada', ada, 9)) });
      assert.equal((await store.readCheckpoint(group))?.position, at(7));
      await store.close();
      assert.equal((await (await model.connect()).readCheckpoint(group))?.position, at(7));
    },
  },
  {
    name: 'a row or key that cannot be stored refuses its batch whole',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const cyclic: Record<string, unknown> = { tenant: 'main', name: 'x' };
      cyclic.self = cyclic;
      const unfit = [
        write('long'.repeat(400), ada, 2),
        write('torn \ud83d', ada, 2),
        write('cyclic', cyclic as Person, 2),
        write('object in an index', { ...ada, name: { first: 'ada' } } as unknown as Person, 2),
        write('too large', { ...ada, note: 'x'.repeat(9 * 1024 * 1024) }, 2),
      ];
      for (const each of unfit) {
        const writes = writesTo(people, write('before', ada, 2), each, write('after', ada, 2));
        await assertFault(store.applyBatch(group, { epoch, progress: upTo(2), writes }), 'unfit-row');
      }
      assert.deepEqual(await store.scan(people, { limit: 10 }), []);
      assert.equal(await store.get(people, 'before'), undefined);
      assert.equal((await store.readCheckpoint(group))?.position, undefined);
    },
  },
  {
    name: 'rows in memory are never older than what another process wrote',
    async run(model) {
      const { store: first } = await withPeople(model, { ada, bob: ada });
      const { store: second, epoch } = await takeOver(model);
      for (let place = 2; place < 12; place += 1) {
        assert.equal((await first.get(people, 'bob'))?.name, 'ada');
        const row = { ...ada, age: place };
        await second.applyBatch(group, {
          epoch,
          progress: upTo(place),
          writes: writesTo(people, write('ada', row, place)),
        });
        for (const reader of [first, second]) {
          assert.equal((await reader.get(people, 'ada'))?.age, place);
          const [found] = await reader.find(people, { index: ['age'], where: { age: place }, limit: 5 });
          assert.deepEqual(found?.row, row);
        }
      }
    },
  },
  {
    name: 'a batch goes to several views at once',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const notes = { name: 'notes', version: 1, indexes: [] };
      await store.prepare([notes]);
      const note = { key: 'ada', row: { text: 'hello' }, position: at(1) };
      const writes = new Map([...writesTo(people, write('ada', ada, 1)), ...writesTo(notes, note)]);
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(1), writes }));
      assert.deepEqual(await store.get(people, 'ada'), ada);
      assert.deepEqual(await store.get(notes, 'ada'), { text: 'hello' });
    },
  },
];
