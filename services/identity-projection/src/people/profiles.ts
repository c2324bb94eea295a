import { reachOf } from '@evident/caller';
import { fail, type getProfile, type listProfiles, type ProfileObject } from '@evident/contracts';
import { readJsonObject } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { creationBounds } from '../reading/creation-bounds.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { isParked, numberedUsers } from '../reading/numbered.ts';
import { reachedPage } from '../reading/reached-page.ts';
import { readFor } from '../reading/read-for.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { attributesOf, findPerson, type PeopleReading, refusalAbout } from './people-reading.ts';

const scope = 'read:sso/profile';

/** A profile is its person's own: to who may not read it there is none (api/usso.md, "foreign objects"). */
export function createGetProfile(reading: PeopleReading): MessageHandler<typeof getProfile> {
  return ({ userId }, context) =>
    readFor(
      reading,
      context,
      (caller) => (refusalAbout(caller, scope, userId) === undefined ? undefined : fail('user.unknown').error),
      async (caller) => {
        const person = await findPerson(reading, caller, scope, userId);
        if ('error' in person) return person.error.code === 'caller.not-permitted' ? fail('user.unknown') : person;
        return { found: profileOf(person.found.uid, person.found.row) };
      },
    );
}

/** Of who has written one, the oldest person's first unless asked otherwise. */
export function createListProfiles(reading: PeopleReading): MessageHandler<typeof listProfiles> {
  return (request, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        const shows = (uid: string, row: UserRow) => reach.shows(attributesOf(uid, row));
        const query = { index: ['hasProfile', 'createdAt', 'number'], where: { hasProfile: true } } as const;
        const asked = { ...request, deadline: context.deadline };
        const page = await reachedPage(reading, usersView, { ...query, ...creationBounds(request) }, shows, asked);
        if ('error' in page) return page;
        const { rows, total } = page.found;
        if (rows.some(({ key }) => isParked(reading, numberedUsers, key))) return fail('read.parked');
        const profiles = rows.flatMap(({ key, row }) => (row === undefined ? [] : [profileOf(key, row)]));
        return { found: { profiles: [...fitMessage(profiles)], total } };
      },
    );
}

function profileOf(userId: string, { profile, createdAt, updatedAt }: UserRow): ProfileObject {
  return { userId, data: readJsonObject(profile), createdAt, updatedAt };
}
