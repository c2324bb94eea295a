import { type Caller, reachOf } from '@evident/caller';
import { type CreationRequest, fail, inOrder, isWithin, type listWorkspaces } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { agentsView } from '../projections/agents.projection.ts';
import { membersView } from '../projections/members.projection.ts';
import { type WorkspaceRow, workspacesView } from '../projections/workspaces.projection.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { byMaking, listedPage } from '../reading/listed-page.ts';
import { pagesOf } from '../reading/pages-of.ts';
import { readFor } from '../reading/read-for.ts';
import type { Found, Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { listedWorkspaces, workspaceObjectOf } from './listed-workspaces.ts';

const scope = 'read:sso/workspace';

interface Asked extends CreationRequest {
  readonly isActive?: boolean | undefined;
  readonly skip: number;
  readonly limit: number;
}

/**
 * In the order of their making, only those that the caller may read; with `mine` in the order of joining. Unless asked
 * otherwise.
 */
export function createListWorkspaces(reading: Reading): MessageHandler<typeof listWorkspaces> {
  return ({ mine, ...asked }, context) =>
    readFor(
      reading,
      context,
      (caller) => (mine === true ? undefined : refusalOf(caller, scope)),
      async (caller) => {
        if (mine === true) return ownWorkspaces(reading, caller, asked);
        const reach = reachOf(caller, scope);
        if (!reach.ok) return reach;
        const { isActive, ...request } = asked;
        const wanted = isActive === undefined ? undefined : (row: WorkspaceRow) => row.isActive === isActive;
        const page = { ...request, reach, wanted, deadline: context.deadline };
        const workspaces = await listedPage(reading, listedWorkspaces, page, workspaceObjectOf);
        if ('error' in workspaces) return workspaces;
        return { found: { workspaces: workspaces.found.items, total: workspaces.found.total } };
      },
    );
}

async function ownWorkspaces(
  { store, directory, tenant }: Pick<Reading, 'store' | 'directory' | 'tenant'>,
  { holder }: Caller,
  { isActive, skip, limit, order, ...range }: Asked,
): Promise<Found<{ workspaces: ReturnType<typeof workspaceObjectOf>[]; total: number }>> {
  const parked =
    holder.kind === 'user'
      ? directory.isParked('members', streams.user(tenant, holder.id))
      : directory.isParked('agents', streams.agent(tenant, holder.id));
  if (parked) return fail('read.parked');
  const uids = holder.kind === 'user' ? await joinedBy(store, holder.id) : await workspaceOf(store, holder.id);
  const rows = await store.getMany(workspacesView, uids);
  const isWanted = (row: WorkspaceRow) =>
    (isActive === undefined || row.isActive === isActive) && isWithin(range, row.createdAt);
  const joined = uids.flatMap((uid) => {
    const row = rows.get(uid)?.row;
    return row !== undefined && isWanted(row) ? [{ uid, row, createdAt: row.createdAt }] : [];
  });
  const own = order === undefined ? joined : inOrder(joined, order, byMaking);
  const page = own.slice(skip, skip + limit);
  if (page.some(({ uid }) => directory.isParked('workspaces', streams.workspace(tenant, uid))))
    return fail('read.parked');
  const workspaces = page.map(({ uid, row }) => workspaceObjectOf(uid, row));
  return { found: { workspaces: [...fitMessage(workspaces)], total: own.length } };
}

async function workspaceOf(store: Reading['store'], agentUid: string): Promise<string[]> {
  const workspaceUid = (await store.get(agentsView, agentUid))?.workspaceId ?? null;
  return workspaceUid === null ? [] : [workspaceUid];
}

async function joinedBy(store: Reading['store'], userUid: string): Promise<string[]> {
  const uids: string[] = [];
  for await (const edges of pagesOf(store, membersView, { index: ['userUid', 'joinedAt'], where: { userUid } })) {
    uids.push(...edges.flatMap(({ row }) => row?.workspaceUid ?? []));
  }
  return uids;
}
