import {
  agentCreated,
  agentRemoved,
  apiKeyIssued,
  apiKeyRevoked,
  appRegistered,
  appRemoved,
  type EventOf,
  roleDefined,
  roleRetired,
  userAppAssigned,
  userAppUnassigned,
  userDeactivated,
  userReactivated,
  userRegistered,
  userRemoved,
  userWorkspaceJoined,
  userWorkspaceLeft,
  workspaceCreated,
  workspaceRemoved,
} from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** How many there are, so that no list has to be counted. */
export type TotalRow = { readonly count: number };

/** Keys of the rows. */
export const totals = {
  activeUsers: 'users.active',
  inactiveUsers: 'users.inactive',
  apps: 'apps',
  agents: 'agents',
  apiKeys: 'api-keys',
  assignedTo: (appUid: string) => `assigned|${appUid}`,
  roles: 'roles',
  workspaces: 'workspaces',
  membersOf: (workspaceUid: string) => `members|${workspaceUid}`,
} as const;

const definitions = [
  userRegistered,
  userDeactivated,
  userReactivated,
  userRemoved,
  userAppAssigned,
  userAppUnassigned,
  appRegistered,
  appRemoved,
  agentCreated,
  agentRemoved,
  apiKeyIssued,
  apiKeyRevoked,
  roleDefined,
  roleRetired,
  workspaceCreated,
  workspaceRemoved,
  userWorkspaceJoined,
  userWorkspaceLeft,
] as const;
type CountedEvent = EventOf<(typeof definitions)[number]>;

export const totalsView: View<TotalRow> = { name: 'totals', version: 2, indexes: [] };

export const totalsProjection: Projection<TotalRow, Projected<CountedEvent>> = {
  name: 'totals',
  view: totalsView,
  types: typesOf(definitions),
  commutes: true,
  keys: (event) => Object.keys(changesBy(event)),
  evolve: (row, event, key) => ({ count: (row?.count ?? 0) + (changesBy(event)[key] ?? 0) }),
};

function changesBy(event: CountedEvent): Readonly<Record<string, number>> {
  switch (event.type) {
    case 'user.registered':
      return { [totals.activeUsers]: 1 };
    case 'user.deactivated':
      return { [totals.activeUsers]: -1, [totals.inactiveUsers]: 1 };
    case 'user.reactivated':
      return { [totals.activeUsers]: 1, [totals.inactiveUsers]: -1 };
    case 'user.removed':
      return { [event.data.wasActive ? totals.activeUsers : totals.inactiveUsers]: -1 };
    case 'user.app-assigned':
      return { [totals.assignedTo(event.data.appId)]: 1 };
    case 'user.app-unassigned':
      return { [totals.assignedTo(event.data.appId)]: -1 };
    case 'app.registered':
      return { [totals.apps]: 1 };
    case 'app.removed':
      return { [totals.apps]: -1 };
    case 'agent.created':
      return { [totals.agents]: 1 };
    case 'agent.removed':
      return { [totals.agents]: -1 };
    case 'apikey.issued':
      return { [totals.apiKeys]: 1 };
    case 'apikey.revoked':
      return { [totals.apiKeys]: -1 };
    case 'role.defined':
      return { [totals.roles]: 1 };
    case 'role.retired':
      return { [totals.roles]: -1 };
    case 'workspace.created':
      return { [totals.workspaces]: 1 };
    case 'workspace.removed':
      return { [totals.workspaces]: -1 };
    case 'user.workspace-joined':
      return { [totals.membersOf(event.data.workspaceId)]: 1 };
    case 'user.workspace-left':
      return { [totals.membersOf(event.data.workspaceId)]: -1 };
  }
}
