import { forTenant } from '@evident/caller';
import type { findRoles, getRole, getWorkspace, listRoles, listWorkspaces } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import type { Reading } from '../queries/reading.ts';
import { createFindRoles } from './find-roles.ts';
import { createGetRole } from './get-role.ts';
import { createGetWorkspace } from './get-workspace.ts';
import { createListRoles } from './list-roles.ts';
import { createListWorkspaces } from './list-workspaces.ts';

/** Roles, workspaces and who is in them. */
export interface AccessQueries {
  readonly getRole: MessageHandler<typeof getRole>;
  readonly listRoles: MessageHandler<typeof listRoles>;
  readonly findRoles: MessageHandler<typeof findRoles>;
  readonly getWorkspace: MessageHandler<typeof getWorkspace>;
  readonly listWorkspaces: MessageHandler<typeof listWorkspaces>;
}

export function createAccessQueries(reading: Reading): AccessQueries {
  const { tenant } = reading;
  return {
    getRole: forTenant(tenant, createGetRole(reading)),
    listRoles: forTenant(tenant, createListRoles(reading)),
    findRoles: forTenant(tenant, createFindRoles(reading)),
    getWorkspace: forTenant(tenant, createGetWorkspace(reading)),
    listWorkspaces: forTenant(tenant, createListWorkspaces(reading)),
  };
}
