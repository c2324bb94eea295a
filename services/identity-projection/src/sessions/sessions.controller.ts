import { getSession, listSessions, type RequestContext } from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { SessionQueries } from './session-queries.ts';

export const SESSION_QUERIES = Symbol('SessionQueries');

@Controller()
export class SessionsController {
  readonly #queries: SessionQueries;

  constructor(@Inject(SESSION_QUERIES) queries: SessionQueries) {
    this.#queries = queries;
  }

  @Handles(listSessions)
  listSessions(query: z.output<typeof listSessions.request>, context: RequestContext) {
    return this.#queries.listSessions(query, context);
  }

  @Handles(getSession)
  getSession(query: z.output<typeof getSession.request>, context: RequestContext) {
    return this.#queries.getSession(query, context);
  }
}
