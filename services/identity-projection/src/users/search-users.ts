import { fail } from '@evident/contracts';
import { foldIdentifier } from '@evident/domain';
import { type ReadModelStore, type StoredRow, textAfterPrefix } from '@evident/read-model';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { pagesOf } from '../reading/pages-of.ts';
import type { Found, Reading } from '../reading/reading.ts';
import type { UserPage, UserPageRequest } from './user-page.ts';

/**
 * Users whose name or address begins with `q`, by integer id. Reads what lies in the two index ranges and nothing
 * else: time grows with the number of matches, memory by eight bytes for each, and the total is exact. Gives up when
 * nobody waits any more.
 */
export async function searchUsers(
  { store, now }: Pick<Reading, 'store' | 'now'>,
  q: string,
  { isActive, skip, limit, deadline }: UserPageRequest & { readonly deadline: number },
): Promise<Found<UserPage>> {
  // Half a surrogate pair is in no name.
  const prefix = q.isWellFormed() ? foldIdentifier(q) : '';
  if (prefix === '') return { found: { rows: [], total: 0 } };
  const wanted = ({ isActive: active }: UserRow) => isActive === undefined || active === isActive;
  const named = rangeOf(store, 'foldedUsername', prefix);
  const addressed = rangeOf(store, 'foldedEmail', prefix);
  const numbers: number[] = [];
  for await (const page of named) {
    for (const { row } of page) if (row !== undefined && wanted(row)) numbers.push(row.number);
    if (now() > deadline) return fail('deadline.passed');
  }
  for await (const page of addressed) {
    // Whoever is in the range of names too was counted there.
    for (const { row } of page) {
      if (row !== undefined && wanted(row) && !row.foldedUsername.startsWith(prefix)) numbers.push(row.number);
    }
    if (now() > deadline) return fail('deadline.passed');
  }
  // A row that changed while it was read over may have come twice.
  const inOrder = Float64Array.from(numbers).sort();
  const each = inOrder.filter((number, place) => number !== inOrder[place - 1]);
  const rows = await rowsOf(store, [...each.subarray(skip, skip + limit)]);
  return { found: { rows, total: each.length } };
}

/** All that begins with the prefix, in pages. */
function rangeOf(
  store: ReadModelStore,
  member: 'foldedUsername' | 'foldedEmail',
  prefix: string,
): AsyncGenerator<readonly StoredRow<UserRow>[]> {
  const to = textAfterPrefix(prefix);
  return pagesOf(store, usersView, { index: [member], from: prefix, ...(to === undefined ? {} : { to }) });
}

async function rowsOf(store: ReadModelStore, numbers: readonly number[]): Promise<readonly StoredRow<UserRow>[]> {
  const found = await Promise.all(
    numbers.map((number) => store.find(usersView, { index: ['number'], where: { number }, limit: 1 })),
  );
  return found.flat();
}
