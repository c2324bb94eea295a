import { type Reach, reachOf } from '@evident/caller';
import { fail, inOrder, isWithin, type listPeople, type RequestOf } from '@evident/contracts';
import type { StoredRow } from '@evident/read-model';
import type { MessageHandler } from '@evident/transport';
import { totals } from '../projections/totals.projection.ts';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { creationBounds } from '../reading/creation-bounds.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { isParked, numberedUsers } from '../reading/numbered.ts';
import { type ReachedPage, reachedPage } from '../reading/reached-page.ts';
import { readFor } from '../reading/read-for.ts';
import type { Found } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { type WholeList, wholePage } from '../reading/whole-page.ts';
import { findByIdentifier, findHolders, holdersAmong } from './find-people.ts';
import { attributesOf, byCreation, type PeopleReading } from './people-reading.ts';
import { presentPeople } from './person-objects.ts';

type Request = RequestOf<typeof listPeople>;
type ReachOfSome = Extract<Reach, { ok: true }>;

const scope = 'read:sso/user';

/** Oldest first unless asked otherwise. Who may see all of them is answered by an index and a count, whatever page is asked for. */
export function createListPeople(reading: PeopleReading): MessageHandler<typeof listPeople> {
  return (request, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        const page = await pageFor(reading, request, reach, context.deadline);
        if ('error' in page) return page;
        const { rows, total } = page.found;
        if (rows.some(({ key }) => isParked(reading, numberedUsers, key))) return fail('read.parked');
        const people = rows.flatMap(({ key, row }) => (row === undefined ? [] : [{ uid: key, row }]));
        return { found: { people: [...fitMessage(await presentPeople(reading, people))], total } };
      },
    );
}

async function pageFor(
  reading: PeopleReading,
  request: Request,
  reach: ReachOfSome,
  deadline: number,
): Promise<Found<ReachedPage<UserRow>>> {
  const { identifier, role, isActive } = request;
  const shows = (uid: string, row: UserRow) => isWanted(request, row) && reach.shows(attributesOf(uid, row));
  if (identifier !== undefined) {
    const found = await findByIdentifier(reading, identifier, request.identifierKind);
    return pageOf(role === undefined ? found : await holdersAmong(reading, role, found), shows, request);
  }
  if (role !== undefined) {
    const holders = await findHolders(reading, role, deadline);
    return 'error' in holders ? holders : pageOf(holders.found, shows, request);
  }
  const list = isActive === undefined ? everybody : byActivity[`${isActive}`];
  const isPlain = reach.all && request.identifierKind === undefined && request.isLimited === undefined;
  if (isPlain) return wholePage(reading, list, { ...request, deadline });
  const { view, totals: _, ...query } = list;
  return reachedPage(reading, view, { ...query, ...creationBounds(request) }, shows, { ...request, deadline });
}

const everybody: WholeList<UserRow> = {
  view: usersView,
  index: ['createdAt', 'number'],
  totals: [totals.activeUsers, totals.inactiveUsers],
};
const ofActivity = { view: usersView, index: ['isActive', 'createdAt', 'number'] } as const;
const byActivity: Readonly<Record<'true' | 'false', WholeList<UserRow>>> = {
  true: { ...ofActivity, where: { isActive: true }, totals: [totals.activeUsers] },
  false: { ...ofActivity, where: { isActive: false }, totals: [totals.inactiveUsers] },
};

function isWanted({ identifierKind, isActive, isLimited }: Request, row: UserRow): boolean {
  if (isActive !== undefined && row.isActive !== isActive) return false;
  if (isLimited !== undefined && row.isLimited !== isLimited) return false;
  return identifierKind === undefined || row.identifiers.some(({ kind }) => kind === identifierKind);
}

/** Of rows that were found already. */
function pageOf(
  found: readonly StoredRow<UserRow>[],
  shows: (uid: string, row: UserRow) => boolean,
  { skip, limit, order, ...range }: Request,
): Found<ReachedPage<UserRow>> {
  const shown = found.filter(({ key, row }) => row !== undefined && isWithin(range, row.createdAt) && shows(key, row));
  const rows = inOrder(shown, order, byCreation);
  return { found: { rows: rows.slice(skip, skip + limit), total: rows.length } };
}
