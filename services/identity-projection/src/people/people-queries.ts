import { forTenant } from '@evident/caller';
import type {
  getPerson,
  getProfile,
  listCredentials,
  listIdentifiers,
  listPeople,
  listProfiles,
} from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import { createGetPerson, createListCredentials, createListIdentifiers } from './get-person.ts';
import { createListPeople } from './list-people.ts';
import type { PeopleReading } from './people-reading.ts';
import { createGetProfile, createListProfiles } from './profiles.ts';

/** What is answered about people as the USSO contract shows them. */
export interface PeopleQueries {
  readonly getPerson: MessageHandler<typeof getPerson>;
  readonly listPeople: MessageHandler<typeof listPeople>;
  readonly listIdentifiers: MessageHandler<typeof listIdentifiers>;
  readonly listCredentials: MessageHandler<typeof listCredentials>;
  readonly getProfile: MessageHandler<typeof getProfile>;
  readonly listProfiles: MessageHandler<typeof listProfiles>;
}

export function createPeopleQueries(reading: PeopleReading): PeopleQueries {
  const { tenant } = reading;
  return {
    getPerson: forTenant(tenant, createGetPerson(reading)),
    listPeople: forTenant(tenant, createListPeople(reading)),
    listIdentifiers: forTenant(tenant, createListIdentifiers(reading)),
    listCredentials: forTenant(tenant, createListCredentials(reading)),
    getProfile: forTenant(tenant, createGetProfile(reading)),
    listProfiles: forTenant(tenant, createListProfiles(reading)),
  };
}
