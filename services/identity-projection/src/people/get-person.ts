import { credentialsOf, identifierObjectOf } from '@evident/caller';
import type { getPerson, listCredentials, listIdentifiers } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { readFor } from '../reading/read-for.ts';
import { findPerson, type PeopleReading, refusalAbout } from './people-reading.ts';
import { presentPeople, withLastUse } from './person-objects.ts';

export function createGetPerson(reading: PeopleReading): MessageHandler<typeof getPerson> {
  const scope = 'read:sso/user';
  return ({ uid }, context) =>
    readFor(
      uid === undefined ? { ...reading, callers: reading.anyCallers } : reading,
      context,
      (caller) => refusalAbout(caller, scope, uid),
      async (caller) => {
        const person = await findPerson(reading, caller, scope, uid);
        if ('error' in person) return person;
        const [found] = await presentPeople(reading, [person.found]);
        if (found === undefined) throw new Error('nobody was made of one person');
        return { found };
      },
    );
}

export function createListIdentifiers(reading: PeopleReading): MessageHandler<typeof listIdentifiers> {
  const scope = 'read:sso/identifier';
  return ({ userId }, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalAbout(caller, scope, userId),
      async (caller) => {
        const person = await findPerson(reading, caller, scope, userId);
        if ('error' in person) return person;
        return { found: { identifiers: person.found.row.identifiers.map(identifierObjectOf) } };
      },
    );
}

export function createListCredentials(reading: PeopleReading): MessageHandler<typeof listCredentials> {
  const scope = 'read:sso/credential';
  return ({ userId }, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalAbout(caller, scope, userId),
      async (caller) => {
        const person = await findPerson(reading, caller, scope, userId);
        if ('error' in person) return person;
        const { uid, row } = person.found;
        return { found: { credentials: await withLastUse(reading, uid, credentialsOf(uid, row)) } };
      },
    );
}
