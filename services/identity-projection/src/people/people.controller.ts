import {
  getPerson,
  getProfile,
  listCredentials,
  listIdentifiers,
  listPeople,
  listProfiles,
  type MessageContract,
  type RequestContext,
} from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { PeopleQueries } from './people-queries.ts';

export const PEOPLE_QUERIES = Symbol('PeopleQueries');

type Query<Contract extends MessageContract> = z.output<Contract['request']>;

@Controller()
export class PeopleController {
  readonly #queries: PeopleQueries;

  constructor(@Inject(PEOPLE_QUERIES) queries: PeopleQueries) {
    this.#queries = queries;
  }

  @Handles(getPerson)
  getPerson(query: Query<typeof getPerson>, context: RequestContext) {
    return this.#queries.getPerson(query, context);
  }

  @Handles(listPeople)
  listPeople(query: Query<typeof listPeople>, context: RequestContext) {
    return this.#queries.listPeople(query, context);
  }

  @Handles(listIdentifiers)
  listIdentifiers(query: Query<typeof listIdentifiers>, context: RequestContext) {
    return this.#queries.listIdentifiers(query, context);
  }

  @Handles(listCredentials)
  listCredentials(query: Query<typeof listCredentials>, context: RequestContext) {
    return this.#queries.listCredentials(query, context);
  }

  @Handles(getProfile)
  getProfile(query: Query<typeof getProfile>, context: RequestContext) {
    return this.#queries.getProfile(query, context);
  }

  @Handles(listProfiles)
  listProfiles(query: Query<typeof listProfiles>, context: RequestContext) {
    return this.#queries.listProfiles(query, context);
  }
}
