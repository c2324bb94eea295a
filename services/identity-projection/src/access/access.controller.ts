import {
  findRoles,
  getRole,
  getWorkspace,
  listMembers,
  listRoles,
  listWorkspaces,
  listWorkspaceUsers,
  type MessageContract,
  type RequestContext,
} from '@evident/contracts';
import { Handles } from '@evident/transport';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import { IDENTITY_QUERIES } from '../identity-projection.controller.ts';
import type { AccessQueries } from './access-queries.ts';

type Query<Contract extends MessageContract> = z.output<Contract['request']>;

@Controller()
export class AccessController {
  readonly #queries: AccessQueries;

  constructor(@Inject(IDENTITY_QUERIES) queries: AccessQueries) {
    this.#queries = queries;
  }

  @Handles(getRole)
  getRole(query: Query<typeof getRole>, context: RequestContext) {
    return this.#queries.getRole(query, context);
  }

  @Handles(listRoles)
  listRoles(query: Query<typeof listRoles>, context: RequestContext) {
    return this.#queries.listRoles(query, context);
  }

  @Handles(findRoles)
  findRoles(query: Query<typeof findRoles>, context: RequestContext) {
    return this.#queries.findRoles(query, context);
  }

  @Handles(getWorkspace)
  getWorkspace(query: Query<typeof getWorkspace>, context: RequestContext) {
    return this.#queries.getWorkspace(query, context);
  }

  @Handles(listWorkspaces)
  listWorkspaces(query: Query<typeof listWorkspaces>, context: RequestContext) {
    return this.#queries.listWorkspaces(query, context);
  }

  @Handles(listMembers)
  listMembers(query: Query<typeof listMembers>, context: RequestContext) {
    return this.#queries.listMembers(query, context);
  }

  @Handles(listWorkspaceUsers)
  listWorkspaceUsers(query: Query<typeof listWorkspaceUsers>, context: RequestContext) {
    return this.#queries.listWorkspaceUsers(query, context);
  }
}
