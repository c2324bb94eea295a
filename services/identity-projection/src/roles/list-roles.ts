import { reachOf } from '@evident/caller';
import type { listRoles } from '@evident/contracts';
import type { MessageHandler } from '@evident/transport';
import type { RoleRow } from '../projections/roles.projection.ts';
import { listedPage } from '../reading/listed-page.ts';
import { readFor } from '../reading/read-for.ts';
import type { Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { listedRoles, roleObjectOf } from './listed-roles.ts';

const scope = 'read:sso/role';

/** In the order of their making unless asked otherwise; only those that the caller may read. */
export function createListRoles(reading: Reading): MessageHandler<typeof listRoles> {
  return ({ workspaceId, isActive, ...request }, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        const wanted = (row: RoleRow) =>
          (workspaceId === undefined || row.workspaceId === workspaceId) &&
          (isActive === undefined || row.isActive === isActive);
        const asksForAll = workspaceId === undefined && isActive === undefined;
        const page = { ...request, reach, wanted: asksForAll ? undefined : wanted, deadline: context.deadline };
        const roles = await listedPage(reading, listedRoles, page, roleObjectOf);
        return 'error' in roles ? roles : { found: { roles: roles.found.items, total: roles.found.total } };
      },
    );
}
