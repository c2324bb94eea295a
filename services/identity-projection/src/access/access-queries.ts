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
import type { PeopleReading } from '../people/people-reading.ts';
import { createFindRoles } from '../roles/find-roles.ts';
import { createGetRole } from '../roles/get-role.ts';
import { createListRoles } from '../roles/list-roles.ts';
import { createGetWorkspace } from '../workspaces/get-workspace.ts';
import { createListMembers } from '../workspaces/list-members.ts';
import { createListWorkspaceUsers } from '../workspaces/list-workspace-users.ts';
import { createListWorkspaces } from '../workspaces/list-workspaces.ts';

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
