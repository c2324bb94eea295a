import assert from 'node:assert/strict';
import type { View } from '../src/read-model.port.ts';
import type { RowQuery } from '../src/row-query.ts';
import { assertApplied, assertFault, group, type Person, people, upTo, withPeople, write, writesTo } from './people.ts';
import { queryRows } from './query-rows.ts';
import type { ReadModelCase } from './read-model-case.ts';

const names = [
  'ann',
  'anna',
  'Anna',
  'än',
  'bob',
  'bo%b',
  'bo_b',
  '',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{1f600}',
  '\u{1f600}z',
  '\u{10ffff}',
  '\u{10ffff}x',
];

/** Names that sort and begin in awkward ways, in two tenants, some without an age, one removed. */
const everybody: Readonly<Record<string, Person>> = Object.fromEntries(
  ['main', 'other'].flatMap((tenant) =>
    names.flatMap((name, place) =>
      [0, 1].map((turn) => {
        const person: Person = { tenant, name, active: turn === 0 };
        const age = place % 4;
        return [
          `${tenant}|${place}|${turn}`,
          age === 3 ? person : { ...person, age: age === 2 ? null : age * 10 + turn },
        ];
      }),
    ),
  ),
);

type Query = RowQuery<Person>;
const cut = { limit: 1000 };

const queries: Readonly<Record<string, readonly Query[]>> = {
  'a whole index, by index order and then by key': [
    { index: ['tenant', 'name'], ...cut },
    { index: ['tenant', 'active', 'age'], ...cut },
    { index: ['age'], ...cut },
    { index: [], ...cut },
  ],
  'equality on leading members, null and booleans among them': [
    { index: ['tenant', 'name'], where: { tenant: 'main' }, ...cut },
    { index: ['tenant', 'name'], where: { name: 'ann', tenant: 'main' }, ...cut },
    { index: ['tenant', 'name'], where: { tenant: 'nobody' }, ...cut },
    { index: ['tenant', 'active', 'age'], where: { tenant: 'main', active: false }, ...cut },
    { index: ['tenant', 'active', 'age'], where: { tenant: 'main', active: true, age: null }, ...cut },
    { index: ['age'], where: { age: null }, ...cut },
  ],
  'a range on the member after them, without its end and without null': [
    { index: ['age'], from: 10, ...cut },
    { index: ['age'], to: 10, ...cut },
    { index: ['age'], from: 1, to: 11, ...cut },
    { index: ['tenant', 'name'], where: { tenant: 'main' }, from: 'anna', to: 'bob', ...cut },
    { index: ['tenant', 'name'], from: 'other', ...cut },
  ],
  'a beginning, by code point and with case, whatever it holds': [
    '',
    'a',
    'an',
    'anna',
    'A',
    'bo%',
    'bo_',
    '\ud7ff',
    '\u{1f600}',
    '\u{10ffff}',
    'zz',
  ].map((startsWith) => ({ index: ['tenant', 'name'], where: { tenant: 'main' }, startsWith, ...cut })),
  'the key itself, after an index or alone': [
    { index: [], startsWith: 'main|1', ...cut },
    { index: [], from: 'main|3', to: 'main|5', ...cut },
    { index: ['tenant', 'name'], where: { tenant: 'main', name: 'ann' }, from: 'main|0|1', ...cut },
    { index: ['age'], where: { age: 1 }, startsWith: 'other|', ...cut },
  ],
  'pages, from either end': [
    { index: ['tenant', 'name'], where: { tenant: 'main' }, skip: 3, limit: 4 },
    { index: ['tenant', 'name'], where: { tenant: 'main' }, order: 'desc', skip: 3, limit: 4 },
    { index: ['age'], order: 'desc', limit: 7 },
    { index: [], order: 'desc', skip: 58, limit: 100 },
    { index: ['age'], from: 1, to: 12, order: 'desc', skip: 3, limit: 5 },
    {
      index: ['tenant', 'active', 'age'],
      where: { tenant: 'main', active: true },
      ...{ from: 0, to: 11, order: 'desc', skip: 1, limit: 4 },
    },
    { index: ['age'], skip: 1000, limit: 5 },
    { index: ['age'], limit: 0 },
  ],
};

const unserved: readonly Query[] = [
  { index: ['name'], limit: 1 },
  { index: ['name', 'tenant'], limit: 1 },
  { index: ['tenant'], where: { tenant: 'main' }, limit: 1 },
  { index: ['tenant', 'name'], where: { name: 'ann' }, limit: 1 },
  { index: ['tenant', 'active', 'age'], where: { tenant: 'main', age: 1 }, limit: 1 },
  { index: ['tenant', 'name'], where: { tenant: 'main', active: true }, limit: 1 },
  { index: ['age'], where: { age: 1, name: 'ann' }, limit: 1 },
  { index: ['tenant', 'name'], startsWith: 'm', from: 'a', limit: 1 },
  { index: ['tenant', 'name'], limit: -1 },
  { index: ['tenant', 'name'], limit: 1.5 },
  { index: ['tenant', 'name'], skip: -1, limit: 1 },
];

const matrix: readonly ReadModelCase[] = Object.entries(queries).map(([what, each]) => ({
  name: `a query finds ${what}`,
  async run(model) {
    const { store, epoch } = await withPeople(model, everybody);
    await store.applyBatch(group, {
      epoch,
      progress: upTo(2),
      writes: writesTo(people, write('main|1|0', undefined, 2)),
    });
    const rows = await store.scan(people, { limit: 1000 });
    assert.equal(rows.length, names.length * 4);
    for (const query of each) {
      const expected = queryRows(people, rows, query as RowQuery);
      assert.deepEqual(await store.find(people, query), expected, JSON.stringify(query));
      const keys = expected.map(({ key }) => key);
      assert.deepEqual(await store.findKeys(people, query), keys, `keys by ${JSON.stringify(query)}`);
    }
  },
}));

export const queryCases: readonly ReadModelCase[] = [
  ...matrix,
  {
    name: 'a query that no index serves is a misuse, never a scan',
    async run(model) {
      const { store } = await withPeople(model, everybody);
      for (const query of unserved) {
        await assertFault(store.find(people, query), 'misuse');
        await assertFault(store.findKeys(people, query), 'misuse');
      }
    },
  },
  {
    name: 'a row moves in the indexes when it changes, and leaves them when it is removed',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada: { tenant: 'main', name: 'ada', age: 1 } });
      const found = async (age: number) => {
        const query = { index: ['age'], where: { age }, limit: 5 } as const;
        const [rows, keys] = [await store.find(people, query), await store.findKeys(people, query)];
        assert.deepEqual(
          keys,
          rows.map(({ key }) => key),
        );
        return rows.length;
      };
      const apply = async (row: Person | undefined, place: number) =>
        assertApplied(
          await store.applyBatch(group, {
            epoch,
            progress: upTo(place),
            writes: writesTo(people, write('ada', row, place)),
          }),
        );
      await apply({ tenant: 'main', name: 'ada', age: 2 }, 2);
      assert.deepEqual([await found(1), await found(2)], [0, 1]);
      await apply({ tenant: 'main', name: 'ada', age: 2, note: 'no index sees this' }, 3);
      assert.deepEqual([await found(1), await found(2)], [0, 1]);
      await apply(undefined, 4);
      assert.equal(await found(2), 0);
      await apply({ tenant: 'main', name: 'ada', age: 2 }, 5);
      assert.equal(await found(2), 1);
    },
  },
  {
    name: 'an index that is declared later is filled from the rows that are there',
    async run(model) {
      const { store } = await withPeople(model, everybody);
      await store.close();
      const indexed: View<Person> = { ...people, indexes: [['name'], ['active', 'name']] };
      const again = await model.connect();
      await again.prepare([indexed]);
      await again.prepare([indexed]);
      const rows = await again.scan(indexed, { limit: 1000 });
      for (const query of [
        { index: ['name'], startsWith: 'an', ...cut },
        { index: ['active', 'name'], where: { active: true }, ...cut },
      ] as const) {
        const expected = queryRows(indexed, rows, query);
        assert.deepEqual(await again.find(indexed, query), expected);
        const keys = expected.map(({ key }) => key);
        assert.deepEqual(await again.findKeys(indexed, query), keys);
      }
      await assertFault(again.find(indexed, { index: ['age'] as never, limit: 1 }), 'misuse');
    },
  },
];
