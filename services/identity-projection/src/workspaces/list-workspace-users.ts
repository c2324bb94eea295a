import { type Reach, reachOf } from '@evident/caller';
import { type CreationRequest, fail, inOrder, isBounded, isWithin, type listWorkspaceUsers } from '@evident/contracts';
import type { StoredRow } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { type Aged, attributesOf, byCreation, type PeopleReading } from '../people/people-reading.ts';
import { presentPeople } from '../people/person-objects.ts';
import { type MemberRow, membersView } from '../projections/members.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { workspacesView } from '../projections/workspaces.projection.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { isParked, numberedUsers } from '../reading/numbered.ts';
import { pagesOf } from '../reading/pages-of.ts';
import { readFor } from '../reading/read-for.ts';
import { readTotal } from '../reading/read-total.ts';
import type { Found } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';

const scope = 'read:sso/user';

interface Asked extends CreationRequest {
  readonly workspaceId: string;
  readonly skip: number;
  readonly limit: number;
  readonly deadline: number;
}

interface Page {
  readonly rows: readonly StoredRow<UserRow>[];
  readonly total: number;
}

/**
 * In the order of joining. Who may read all users pays for the page alone, others for the members of the workspace; so
 * does who asks by the time of making, which is the user's and not the membership's.
 */
export function createListWorkspaceUsers(reading: PeopleReading): MessageHandler<typeof listWorkspaceUsers> {
  return (request, { deadline, ...context }) =>
    readFor(
      reading,
      { ...context, deadline },
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        // Who may read only some is shown nobody of a workspace that there is not, as of one where they may read nobody.
        const workspace = await reading.store.get(workspacesView, request.workspaceId);
        if (workspace === undefined) return reach.all ? fail('workspace.unknown') : { found: { people: [], total: 0 } };
        const asked = { ...request, deadline };
        const isPlain = reach.all && !isBounded(request) && request.order === undefined;
        const page = await (isPlain ? plainPage(reading, asked) : reachedUsers(reading, asked, reach.shows));
        if ('error' in page) return page;
        const { rows, total } = page.found;
        if (rows.some(({ key }) => isParked(reading, numberedUsers, key))) return fail('read.parked');
        const people = rows.flatMap(({ key, row }) => (row === undefined ? [] : [{ uid: key, row }]));
        return { found: { people: [...fitMessage(await presentPeople(reading, people))], total } };
      },
    );
}

async function plainPage({ store }: PeopleReading, { workspaceId, skip, limit }: Asked): Promise<Found<Page>> {
  const total = await readTotal({ store }, [totals.membersOf(workspaceId)]);
  const edges = await store.find(membersView, { ...membersOf(workspaceId), skip, limit });
  return { found: { rows: await usersAt(store, edges), total } };
}

/** As much of a user as a page is made of. */
type Place = Pick<StoredRow<UserRow>, 'key'> & Aged;

async function reachedUsers(
  reading: PeopleReading,
  { skip, limit, order, ...asked }: Asked,
  shows: Extract<Reach, { ok: true }>['shows'],
): Promise<Found<Page>> {
  const places: Place[] = [];
  for await (const edges of pagesOf(reading.store, membersView, membersOf(asked.workspaceId))) {
    for (const { key, row } of await usersAt(reading.store, edges)) {
      if (row === undefined || !isWithin(asked, row.createdAt) || !shows(attributesOf(key, row))) continue;
      places.push({ key, row: { createdAt: row.createdAt, number: row.number } });
    }
    if (reading.now() > asked.deadline) return fail('deadline.passed');
  }
  const shown = order === undefined ? places : inOrder(places, order, byCreation);
  const uids = shown.slice(skip, skip + limit).map(({ key }) => key);
  const users = await reading.store.getMany(usersView, uids);
  return { found: { rows: uids.flatMap((uid) => users.get(uid) ?? []), total: shown.length } };
}

/** In the order of joining. */
function membersOf(workspaceUid: string) {
  return { index: ['workspaceUid', 'joinedAt'], where: { workspaceUid } } as const;
}

async function usersAt(
  store: PeopleReading['store'],
  edges: readonly StoredRow<MemberRow>[],
): Promise<readonly StoredRow<UserRow>[]> {
  const uids = edges.flatMap(({ row }) => row?.userUid ?? []);
  const users = await store.getMany(usersView, uids);
  return uids.flatMap((uid) => users.get(uid) ?? []);
}
