import { type Caller, permit } from '@evident/caller';
import { fail, type listMembers, type MembershipObject, type ReplyError } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { MessageHandler } from '@evident/transport';
import { type MemberRow, membersView } from '../projections/members.projection.ts';
import { rolesView } from '../projections/roles.projection.ts';
import { totals } from '../projections/totals.projection.ts';
import { usersView } from '../projections/users.projection.ts';
import { fitMessage } from '../reading/fit-message.ts';
import { readFor } from '../reading/read-for.ts';
import type { Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';
import { wholePage } from '../reading/whole-page.ts';
import { listedWorkspaces } from './listed-workspaces.ts';

const scope = 'read:sso/workspace';

/** In the order of joining unless asked otherwise; users and roles are joined by key. */
export function createListMembers(reading: Reading): MessageHandler<typeof listMembers> {
  const { directory, tenant } = reading;
  return ({ workspaceId, ...request }, context) =>
    readFor(
      reading,
      context,
      (caller) => refusalOf(caller, scope),
      async (caller) => {
        const refusal = await workspaceRefusal(reading, caller, workspaceId);
        if (refusal !== undefined) return { error: refusal };
        const list = {
          view: membersView,
          index: ['workspaceUid', 'joinedAt'],
          where: { workspaceUid: workspaceId },
          totals: [totals.membersOf(workspaceId)],
        } as const;
        const page = await wholePage(reading, list, { ...request, deadline: context.deadline });
        if ('error' in page) return page;
        const edges = page.found.rows.flatMap(({ row }) => row ?? []);
        if (edges.some(({ userUid }) => directory.isParked('members', streams.user(tenant, userUid)))) {
          return fail('read.parked');
        }
        return { found: { members: [...fitMessage(await present(reading, edges))], total: page.found.total } };
      },
    );
}

/** Undefined where there is such a workspace and the caller may read it. */
async function workspaceRefusal(
  { store, directory, tenant }: Pick<Reading, 'store' | 'directory' | 'tenant'>,
  caller: Caller,
  uid: string,
): Promise<ReplyError | undefined> {
  const row = await store.get(listedWorkspaces.view, uid);
  const refusal = permit(caller, scope, row && listedWorkspaces.attributesOf(uid, row));
  if (refusal !== undefined) return refusal;
  if (directory.isParked('workspaces', streams.workspace(tenant, uid))) return fail('read.parked').error;
  return row === undefined ? fail('workspace.unknown').error : undefined;
}

async function present({ store }: Pick<Reading, 'store'>, edges: readonly MemberRow[]): Promise<MembershipObject[]> {
  const users = await store.getMany(
    usersView,
    edges.map(({ userUid }) => userUid),
  );
  const roles = await store.getMany(rolesView, [...new Set(edges.flatMap(({ roleIds }) => roleIds))]);
  return edges.map(({ userUid: userId, workspaceUid, roleIds, joinedAt, updatedAt }) => {
    const { name = '', avatarUrl = '' } = users.get(userId)?.row ?? {};
    const slugs = roleIds.flatMap((roleId) => roles.get(roleId)?.row?.slug ?? []);
    return {
      userId,
      workspaceId: workspaceUid,
      name,
      avatarUrl,
      roles: slugs,
      roleIds: [...roleIds],
      joinedAt,
      updatedAt,
    };
  });
}
