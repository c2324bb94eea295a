import type { listUsers } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { totals } from '../projections/totals.projection.ts';
import { usersView } from '../projections/users.projection.ts';
import { numberedUsers } from '../reading/numbered.ts';
import { pageOf } from '../reading/page-of.ts';
import { readTotal } from '../reading/read-total.ts';
import { type Reading, readAs } from '../reading/reading.ts';
import { searchUsers } from './search-users.ts';
import { userObjectOf } from './user-object.ts';
import type { UserPage, UserPageRequest } from './user-page.ts';

/** By integer id. */
export function createListUsers(reading: Reading): MessageHandler<typeof listUsers> {
  return ({ q, isActive, skip, limit }, context) =>
    readAs(reading, context, 'read:sso/user', async () => {
      const request = { isActive, skip, limit };
      const page =
        q === undefined || q === ''
          ? { found: await allUsers(reading, request) }
          : await searchUsers(reading, q, { ...request, deadline: context.deadline });
      if ('error' in page) return page;
      const users = pageOf(reading, numberedUsers, page.found.rows, userObjectOf);
      return 'error' in users ? users : { found: { users: users.found, total: page.found.total } };
    });
}

async function allUsers(reading: Reading, { isActive, skip, limit }: UserPageRequest): Promise<UserPage> {
  const counts = {
    true: [totals.activeUsers],
    false: [totals.inactiveUsers],
    undefined: [totals.activeUsers, totals.inactiveUsers],
  };
  const total = await readTotal(reading, counts[`${isActive}`]);
  const rows =
    isActive === undefined
      ? await reading.store.find(usersView, { index: ['number'], skip, limit })
      : await reading.store.find(usersView, { index: ['isActive', 'number'], where: { isActive }, skip, limit });
  return { rows, total };
}
