import { type Caller, credentialsOf, identifierObjectOf } from '@evident/caller';
import type { getPerson, listCredentials, listIdentifiers, Reply, RequestContext } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { readFor } from '../reading/read-for.ts';
import { type FoundPerson, findPerson, type PeopleReading, refusalAbout } from './people-reading.ts';
import { presentPeople, withLastUse } from './person-objects.ts';

export function createGetPerson(reading: PeopleReading): MessageHandler<typeof getPerson> {
  return ({ uid }, context) => {
    const asked = uid === undefined ? { ...reading, callers: reading.anyCallers } : reading;
    return readPerson(asked, 'read:sso/user', uid, context, async (person) => {
      const [found] = await presentPeople(reading, [person]);
      if (found === undefined) throw new Error('nobody was made of one person');
      return found;
    });
  };
}

export function createListIdentifiers(reading: PeopleReading): MessageHandler<typeof listIdentifiers> {
  return ({ userId }, context) =>
    readPerson(reading, 'read:sso/identifier', userId, context, async ({ row }) => ({
      identifiers: row.identifiers.map(identifierObjectOf),
    }));
}

export function createListCredentials(reading: PeopleReading): MessageHandler<typeof listCredentials> {
  return ({ userId }, context) =>
    readPerson(reading, 'read:sso/credential', userId, context, async ({ uid, row }) => ({
      credentials: await withLastUse(reading, uid, credentialsOf(uid, row)),
    }));
}

/** What is told of one person, to who may read it of them by this scope. */
function readPerson<Told>(
  reading: PeopleReading,
  scope: string,
  uid: string | undefined,
  context: RequestContext,
  tell: (person: FoundPerson) => Promise<Told>,
): Promise<Reply<Told>> {
  return readFor(
    reading,
    context,
    (caller) => refusalAbout(caller, scope, uid),
    async (caller: Caller) => {
      const person = await findPerson(reading, caller, scope, uid);
      return 'error' in person ? person : { found: await tell(person.found) };
    },
  );
}
