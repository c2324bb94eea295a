import {
  auditAccess,
  auditDiff,
  auditEvents,
  auditHistory,
  auditSignIns,
  auditState,
  findSignIn,
  getAgent,
  getApiKey,
  getApp,
  getRevocations,
  getStatus,
  getUser,
  listAgents,
  listApiKeys,
  listApps,
  listAppUsers,
  listOpenClaims,
  listSeals,
  listUsers,
  type MessageContract,
  proveEvent,
  type RequestContext,
  readEvents,
  verifyApiKey,
} from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { IdentityQueries } from './identity-projection.ts';

export const IDENTITY_QUERIES = Symbol('IdentityQueries');

type Query<Contract extends MessageContract> = z.output<Contract['request']>;

@Controller()
export class IdentityProjectionController {
  readonly #queries: IdentityQueries;

  constructor(@Inject(IDENTITY_QUERIES) queries: IdentityQueries) {
    this.#queries = queries;
  }

  @Handles(findSignIn)
  findSignIn(query: Query<typeof findSignIn>, context: RequestContext) {
    return this.#queries.findSignIn(query, context);
  }

  @Handles(getUser)
  getUser(query: Query<typeof getUser>, context: RequestContext) {
    return this.#queries.getUser(query, context);
  }

  @Handles(listUsers)
  listUsers(query: Query<typeof listUsers>, context: RequestContext) {
    return this.#queries.listUsers(query, context);
  }

  @Handles(getApp)
  getApp(query: Query<typeof getApp>, context: RequestContext) {
    return this.#queries.getApp(query, context);
  }

  @Handles(listApps)
  listApps(query: Query<typeof listApps>, context: RequestContext) {
    return this.#queries.listApps(query, context);
  }

  @Handles(listAppUsers)
  listAppUsers(query: Query<typeof listAppUsers>, context: RequestContext) {
    return this.#queries.listAppUsers(query, context);
  }

  @Handles(getRevocations)
  getRevocations(query: Query<typeof getRevocations>, context: RequestContext) {
    return this.#queries.getRevocations(query, context);
  }

  @Handles(getStatus)
  getStatus(query: Query<typeof getStatus>, context: RequestContext) {
    return this.#queries.getStatus(query, context);
  }

  @Handles(listOpenClaims)
  listOpenClaims(query: Query<typeof listOpenClaims>, context: RequestContext) {
    return this.#queries.listOpenClaims(query, context);
  }

  @Handles(readEvents)
  readEvents(query: Query<typeof readEvents>, context: RequestContext) {
    return this.#queries.readEvents(query, context);
  }

  @Handles(auditEvents)
  auditEvents(query: Query<typeof auditEvents>, context: RequestContext) {
    return this.#queries.auditEvents(query, context);
  }

  @Handles(auditHistory)
  auditHistory(query: Query<typeof auditHistory>, context: RequestContext) {
    return this.#queries.auditHistory(query, context);
  }

  @Handles(auditState)
  auditState(query: Query<typeof auditState>, context: RequestContext) {
    return this.#queries.auditState(query, context);
  }

  @Handles(auditDiff)
  auditDiff(query: Query<typeof auditDiff>, context: RequestContext) {
    return this.#queries.auditDiff(query, context);
  }

  @Handles(auditAccess)
  auditAccess(query: Query<typeof auditAccess>, context: RequestContext) {
    return this.#queries.auditAccess(query, context);
  }

  @Handles(auditSignIns)
  auditSignIns(query: Query<typeof auditSignIns>, context: RequestContext) {
    return this.#queries.auditSignIns(query, context);
  }

  @Handles(getAgent)
  getAgent(query: Query<typeof getAgent>, context: RequestContext) {
    return this.#queries.getAgent(query, context);
  }

  @Handles(listAgents)
  listAgents(query: Query<typeof listAgents>, context: RequestContext) {
    return this.#queries.listAgents(query, context);
  }

  @Handles(getApiKey)
  getApiKey(query: Query<typeof getApiKey>, context: RequestContext) {
    return this.#queries.getApiKey(query, context);
  }

  @Handles(listApiKeys)
  listApiKeys(query: Query<typeof listApiKeys>, context: RequestContext) {
    return this.#queries.listApiKeys(query, context);
  }

  @Handles(verifyApiKey)
  verifyApiKey(query: Query<typeof verifyApiKey>, context: RequestContext) {
    return this.#queries.verifyApiKey(query, context);
  }

  @Handles(listSeals)
  listSeals(query: Query<typeof listSeals>, context: RequestContext) {
    return this.#queries.listSeals(query, context);
  }

  @Handles(proveEvent)
  proveEvent(query: Query<typeof proveEvent>, context: RequestContext) {
    return this.#queries.proveEvent(query, context);
  }
}
