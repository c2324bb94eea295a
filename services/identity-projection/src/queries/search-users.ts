import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldIdentifier } from '@evident/domain';
import type { ReadModelStore, StoredRow } from '@evident/read-model';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import type { Found, Reading } from './reading.ts';
import type { UserPage, UserPageRequest } from './user-page.ts';

/** Rows read at a time; other requests get their turn between two of them. */
const pageSize = 500;

/**
 * Users whose name or address begins with `q`, by integer id. Reads what lies in the two index ranges and nothing
 * else: time grows with the number of matches, memory by eight bytes for each, and the total is exact.
 */
export async function searchUsers(
  { store }: Pick<Reading, 'store'>,
  q: string,
  { isActive, skip, limit }: UserPageRequest,
): Promise<Found<UserPage>> {
  // Half a surrogate pair is in no name.
  const prefix = q.isWellFormed() ? foldIdentifier(q) : '';
  if (prefix === '') return { found: { rows: [], total: 0 } };
  const wanted = ({ isActive: active }: UserRow) => isActive === undefined || active === isActive;
  const named = matches(store, 'foldedUsername', prefix, wanted);
  // Whoever is in the range of names too was counted there.
  const addressed = matches(
    store,
    'foldedEmail',
    prefix,
    (row) => wanted(row) && !row.foldedUsername.startsWith(prefix),
  );
  const numbers: number[] = [];
  for (const range of [named, addressed]) for await (const number of range) numbers.push(number);
  // A row that changed while it was read over may have come twice.
  const inOrder = [...Float64Array.from(numbers).sort()].filter((number, place, all) => number !== all[place - 1]);
  const rows = await rowsOf(store, inOrder.slice(skip, skip + limit));
  return { found: { rows, total: inOrder.length } };
}

type FoldedMember = 'foldedUsername' | 'foldedEmail';

async function* matches(
  store: ReadModelStore,
  member: FoldedMember,
  prefix: string,
  wanted: (row: UserRow) => boolean,
): AsyncGenerator<number> {
  for (let skip = 0; ; skip += pageSize) {
    const rows = await store.find(usersView, { index: [member], startsWith: prefix, skip, limit: pageSize });
    for (const { row } of rows) if (row !== undefined && wanted(row)) yield row.number;
    if (rows.length < pageSize) return;
    await nextTurn();
  }
}

async function rowsOf(store: ReadModelStore, numbers: readonly number[]): Promise<readonly StoredRow<UserRow>[]> {
  const found = await Promise.all(
    numbers.map((number) => store.find(usersView, { index: ['number'], where: { number }, limit: 1 })),
  );
  return found.flat();
}
