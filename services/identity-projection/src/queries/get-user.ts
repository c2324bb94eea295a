import { fail, type getUser } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { appsView } from '../projections/apps.projection.ts';
import { assignmentsView } from '../projections/assignments.projection.ts';
import { findByNumber, numberedUsers } from './numbered.ts';
import { userObjectOf } from './objects.ts';
import { type Reading, readAs } from './reading.ts';

/** How many edges are joined at a time. */
const pageSize = 1_000;

export function createGetUser(reading: Reading): MessageHandler<typeof getUser> {
  return ({ id }, context) =>
    readAs(reading, context, 'read:sso/user', async () => {
      const user = await findByNumber(reading, numberedUsers, id);
      if ('error' in user) return user;
      const { uid, row } = user.found;
      if (reading.directory.isParked('assignments', streams.user(reading.tenant, uid))) return fail('read.parked');
      return { found: { ...userObjectOf(uid, row), apps: await appNumbersOf(reading, uid) } };
    });
}

/** Integer ids, in order, of the apps that are still there. */
async function appNumbersOf({ store }: Pick<Reading, 'store'>, userUid: string): Promise<number[]> {
  const numbers: number[] = [];
  for (let from = 0; ; ) {
    const edges = await store.find(assignmentsView, {
      index: ['userUid', 'appNumber'],
      where: { userUid },
      from,
      limit: pageSize,
    });
    const rows = edges.flatMap(({ row }) => row ?? []);
    const apps = await store.getMany(
      appsView,
      rows.map(({ appUid }) => appUid),
    );
    for (const { appUid, appNumber } of rows) if (apps.get(appUid)?.row !== undefined) numbers.push(appNumber);
    const last = rows.at(-1);
    if (last === undefined || edges.length < pageSize) return numbers;
    from = last.appNumber + 1;
  }
}
