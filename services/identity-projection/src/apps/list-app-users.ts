import type { listAppUsers } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { assignmentsView, endsOfAssignment } from '../projections/assignments.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { usersView } from '../projections/users.projection.ts';
import { findByNumber, numberedApps, numberedUsers } from '../reading/numbered.ts';
import { pageOf } from '../reading/page-of.ts';
import { readTotal } from '../reading/read-total.ts';
import { type Reading, readAs } from '../reading/reading.ts';
import { userObjectOf } from '../users/user-object.ts';

/** By integer id of the user, which the edge is found by; the user itself is joined by key. */
export function createListAppUsers(reading: Reading): MessageHandler<typeof listAppUsers> {
  const { store } = reading;
  return ({ id, skip, limit }, context) =>
    readAs(reading, context, 'read:sso/app', async () => {
      const app = await findByNumber(reading, numberedApps, id);
      if ('error' in app) return app;
      const appUid = app.found.uid;
      const total = await readTotal(reading, [totals.assignedTo(appUid)]);
      const edges = await store.findKeys(assignmentsView, {
        index: ['appUid', 'userNumber'],
        where: { appUid },
        skip,
        limit,
      });
      const uids = edges.map((edge) => endsOfAssignment(edge).userUid);
      const joined = await store.getMany(usersView, uids);
      const rows = uids.flatMap((uid) => joined.get(uid) ?? []);
      const users = pageOf(reading, numberedUsers, rows, userObjectOf);
      return 'error' in users ? users : { found: { users: users.found, total } };
    });
}
