import { expect, it } from 'vitest';
import type { StoredRow } from '../../src/read-model.port.ts';
import { FoundLists, nameOf } from './found-lists.ts';

const query = (userUid: string, limit = 10) => nameOf({ index: ['userUid'], where: { userUid }, limit });
const rows = (count: number): StoredRow[] =>
  Array.from({ length: count }, (_, each) => ({ key: `${each}`, row: {}, position: 'log~1' as StoredRow['position'] }));

it('keeps short lists by the whole query, and leaves long ones to the file', () => {
  const found = new FoundLists(10);
  const list = found.keep(query('a'), rows(2));
  expect(found.get(query('a'))).toBe(list);
  expect(found.get(query('a', 11))).toBeUndefined();
  expect(found.get(query('b'))).toBeUndefined();
  found.keep(query('b'), rows(17));
  expect(found.get(query('b'))).toBeUndefined();
});

it('keeps a list that is empty, forgets all when told to, and begins anew when it is full', () => {
  const found = new FoundLists(2);
  found.keep(query('a'), []);
  expect(found.get(query('a'))).toEqual([]);
  found.clear();
  expect(found.get(query('a'))).toBeUndefined();
  for (const user of ['a', 'b', 'c']) found.keep(query(user), []);
  expect(['a', 'b', 'c'].map((user) => found.get(query(user)) !== undefined)).toEqual([false, false, true]);
});
