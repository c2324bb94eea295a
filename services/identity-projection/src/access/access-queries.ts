import { forTenant } from '@evident/caller';
import type {
  findRoles,
  getRole,
  getWorkspace,
  listMembers,
  listRoles,
  listWorkspaces,
  listWorkspaceUsers,
} from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import type { PeopleReading } from '../queries/people/people-reading.ts';
import { createFindRoles } from './find-roles.ts';
import { createGetRole } from './get-role.ts';
import { createGetWorkspace } from './get-workspace.ts';
import { createListMembers } from './list-members.ts';
import { createListRoles } from './list-roles.ts';
import { createListWorkspaceUsers } from './list-workspace-users.ts';
import { createListWorkspaces } from './list-workspaces.ts';

/** Roles, workspaces and who is in them. */
export interface AccessQueries {
  readonly getRole: MessageHandler<typeof getRole>;
  readonly listRoles: MessageHandler<typeof listRoles>;
  readonly findRoles: MessageHandler<typeof findRoles>;
  readonly getWorkspace: MessageHandler<typeof getWorkspace>;
  readonly listWorkspaces: MessageHandler<typeof listWorkspaces>;
  readonly listMembers: MessageHandler<typeof listMembers>;
  readonly listWorkspaceUsers: MessageHandler<typeof listWorkspaceUsers>;
}

export function createAccessQueries(reading: PeopleReading): AccessQueries {
  const { tenant } = reading;
  return {
    getRole: forTenant(tenant, createGetRole(reading)),
    listRoles: forTenant(tenant, createListRoles(reading)),
    findRoles: forTenant(tenant, createFindRoles(reading)),
    getWorkspace: forTenant(tenant, createGetWorkspace(reading)),
    listWorkspaces: forTenant(tenant, createListWorkspaces(reading)),
    listMembers: forTenant(tenant, createListMembers(reading)),
    listWorkspaceUsers: forTenant(tenant, createListWorkspaceUsers(reading)),
  };
}
