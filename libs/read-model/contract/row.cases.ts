import assert from 'node:assert/strict';
import {
  assertApplied,
  assertFault,
  at,
  group,
  type Person,
  people,
  peopleAgain,
  takeOver,
  upTo,
  withPeople,
  write,
  writesTo,
} from './people.ts';
import { byCodePoint } from './query-rows.ts';
import type { ReadModelCase } from './read-model-case.ts';

const ada: Person = { tenant: 'main', name: 'ada', age: 36, active: true };

const oddKeys = [
  'a',
  'A',
  'á',
  'a\u0301',
  'a ',
  ' a',
  'a\u0000b',
  'a|b',
  '%',
  '_',
  '"',
  "'",
  '\u{1f600}',
  '\uffff',
  'ж',
  '',
  'k'.repeat(1024),
  '1',
  '01',
  '1.0',
  'a\\u0041',
];

export const rowCases: readonly ReadModelCase[] = [
  {
    name: 'a row reads back as it was written, also by another process and after a restart',
    async run(model) {
      const row: Person = { ...ada, note: 'line\nbreak \u0000 \u{1f600} "quoted" \ud800', age: -1.5e-7 };
      const { store } = await withPeople(model, { ada: row });
      assert.deepEqual(await store.get(people, 'ada'), row);
      const beside = await model.connect();
      assert.deepEqual(await beside.get(people, 'ada'), row);
      await store.close();
      await beside.close();
      const again = await model.connect();
      await again.prepare([people]);
      assert.deepEqual(await again.get(people, 'ada'), row);
      assert.deepEqual(await again.getMany(people, ['ada']), new Map([['ada', { key: 'ada', row, position: at(1) }]]));
    },
  },
  {
    name: 'a key that was never written is absent',
    async run(model) {
      const { store } = await withPeople(model, { ada });
      assert.equal(await store.get(people, 'eve'), undefined);
      assert.deepEqual([...(await store.getMany(people, ['eve', 'ada'])).keys()], ['ada']);
      assert.equal((await store.getMany(people, [])).size, 0);
    },
  },
  {
    name: 'keys are told apart exactly, whatever they hold',
    async run(model) {
      const rows = Object.fromEntries(oddKeys.map((key, place) => [key, { ...ada, age: place }]));
      const { store } = await withPeople(model, rows);
      // Who has read nothing yet has nothing in memory.
      const beside = await model.connect();
      await beside.prepare([people]);
      for (const reader of [beside, store]) {
        const found = await reader.getMany(people, [...oddKeys, ...oddKeys, 'nobody']);
        assert.deepEqual([...found.keys()].toSorted(byCodePoint), oddKeys.toSorted(byCodePoint));
        for (const [place, key] of oddKeys.entries()) {
          assert.equal(found.get(key)?.row?.age, place, JSON.stringify(key));
          assert.equal((await reader.get(people, key))?.age, place, JSON.stringify(key));
        }
      }
      const listed = await store.scan(people, { limit: 100 });
      assert.deepEqual(
        listed.map(({ key }) => key),
        oddKeys.toSorted(byCodePoint),
      );
    },
  },
  {
    name: 'a row of a megabyte and a read of five thousand keys are served',
    async run(model) {
      const large: Person = { ...ada, note: 'x'.repeat(1_000_000) };
      const { store, epoch } = await withPeople(model, { large });
      assert.deepEqual(await store.get(people, 'large'), large);
      const keys = Array.from({ length: 5000 }, (_, place) => `key-${place}`);
      const writes = writesTo(people, ...keys.slice(0, 1000).map((key) => write(key, ada, 2)));
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(2), writes }));
      assert.equal((await store.getMany(people, keys)).size, 1000);
    },
  },
  {
    name: 'an older write leaves the row as it is, and so does one at the same position',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      for (const [place, name] of [
        [5, 'five'],
        [4, 'four'],
        [5, 'again'],
      ] as const) {
        const writes = writesTo(people, write('ada', { ...ada, name }, place));
        assertApplied(await store.applyBatch(group, { epoch, progress: upTo(place), writes }));
      }
      const beside = await model.connect();
      for (const reader of [store, beside]) {
        assert.deepEqual((await reader.getMany(people, ['ada'])).get('ada'), write('ada', { ...ada, name: 'five' }, 5));
        assert.equal((await reader.get(people, 'ada'))?.name, 'five');
      }
    },
  },
  {
    name: 'a removed row stays as a tombstone that only a later write revives',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const apply = async (row: Person | undefined, place: number) =>
        assertApplied(
          await store.applyBatch(group, {
            epoch,
            progress: upTo(place),
            writes: writesTo(people, write('ada', row, place)),
          }),
        );
      await apply(undefined, 5);
      await apply(ada, 3);
      await apply(ada, 5);
      assert.equal(await store.get(people, 'ada'), undefined);
      assert.deepEqual((await store.getMany(people, ['ada'])).get('ada'), write('ada', undefined, 5));
      assert.deepEqual(await store.scan(people, { limit: 10 }), [write('ada', undefined, 5)]);
      await apply({ ...ada, age: 37 }, 6);
      assert.equal((await store.get(people, 'ada'))?.age, 37);
      assert.equal((await store.find(people, { index: ['tenant', 'name'], limit: 10 })).length, 1);
    },
  },
  {
    name: 'a row that was removed before it was ever there is a tombstone too',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      await store.applyBatch(group, { epoch, progress: upTo(5), writes: writesTo(people, write('ada', undefined, 5)) });
      await store.applyBatch(group, { epoch, progress: upTo(5), writes: writesTo(people, write('ada', ada, 4)) });
      assert.equal(await store.get(people, 'ada'), undefined);
    },
  },
  {
    name: 'a late write replaces the row at its very position, once for each retry',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const apply = (age: number, place: number, late?: string) =>
        store.applyBatch(group, { epoch, writes: writesTo(people, write('ada', { ...ada, age }, place, late)) });
      const age = async () => (await store.get(people, 'ada'))?.age;
      await apply(50, 1, 'retry-1');
      assert.equal(await age(), 50);
      await apply(51, 1, 'retry-1');
      assert.equal(await age(), 50, 'the same retry again');
      await apply(52, 1, 'retry-2');
      assert.equal(await age(), 52, 'another retry');
      assert.equal((await store.getMany(people, ['ada'])).get('ada')?.late, 'retry-2');
      await apply(60, 2);
      await apply(53, 1, 'retry-3');
      assert.equal(await age(), 60, 'the row has moved on');
    },
  },
  {
    name: 'views, and versions of one view, keep their rows apart',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const writes = writesTo(peopleAgain, write('ada', { ...ada, name: 'second' }, 2));
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(2), writes }));
      assert.equal((await store.get(people, 'ada'))?.name, 'ada');
      assert.equal((await store.get(peopleAgain, 'ada'))?.name, 'second');
      await store.drop(peopleAgain);
      await store.prepare([peopleAgain]);
      assert.equal(await store.get(peopleAgain, 'ada'), undefined);
      assert.equal((await store.get(people, 'ada'))?.name, 'ada');
    },
  },
  {
    name: 'a scan goes through all rows in pages',
    async run(model) {
      const keys = Array.from({ length: 25 }, (_, place) => `key-${String(place).padStart(2, '0')}`);
      const { store } = await withPeople(model, Object.fromEntries(keys.map((key) => [key, ada])));
      const seen: string[] = [];
      for (let page = await store.scan(people, { limit: 10 }); page.length > 0; ) {
        seen.push(...page.map(({ key }) => key));
        page = await store.scan(people, { after: seen.at(-1) ?? '', limit: 10 });
      }
      assert.deepEqual(seen, keys);
    },
  },
  {
    name: 'a view that was not prepared is a misuse, and everything after close is closed',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await assertFault(store.get({ name: 'strangers', version: 1, indexes: [] }, 'ada'), 'misuse');
      await store.close();
      await store.close();
      const calls = [
        store.get(people, 'ada'),
        store.getMany(people, ['ada']),
        store.find(people, { index: [], limit: 1 }),
        store.readCheckpoint(group),
        store.takeOver(group),
        store.applyBatch(group, { epoch, progress: upTo(2), writes: new Map() }),
      ];
      for (const call of calls) await assertFault(call, 'closed');
    },
  },
];
