import { fail, type getUser } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { appsView } from '../projections/apps.projection.ts';
import { assignmentsView, endsOfAssignment } from '../projections/assignments.projection.ts';
import { findByNumber, numberedUsers } from '../reading/numbered.ts';
import { type Reading, readAs } from '../reading/reading.ts';
import { userObjectOf } from './user-object.ts';

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
  const query = { index: ['userUid', 'appNumber'], where: { userUid }, limit: pageSize } as const;
  for (let skip = 0; ; skip += pageSize) {
    const edges = (await store.findKeys(assignmentsView, { ...query, skip })).map(endsOfAssignment);
    const apps = await store.getMany(
      appsView,
      edges.map(({ appUid }) => appUid),
    );
    for (const { appUid } of edges) {
      const number = apps.get(appUid)?.row?.number;
      if (number !== undefined) numbers.push(number);
    }
    if (edges.length < pageSize) return numbers;
  }
}
