import { fail, type MembershipObject, type Reply, succeed } from '@evident/contracts';
import { isLivingRole, streams } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { ownHistory } from '../own-work.ts';

type Membership = Omit<MembershipObject, 'roles' | 'name' | 'avatarUrl'>;

/** The membership as the command left it; as it was before, where the command ended it. */
export async function replyWithMembership(
  { log, accounts }: Pick<CommandEnvironment, 'log' | 'accounts'>,
  { workspaceId, userId, step }: { readonly workspaceId: string; readonly userId: string; readonly step: string },
  command: Command,
): Promise<Reply<MembershipObject>> {
  const stream = streams.user(log.tenant, userId);
  const work = await ownHistory<RecordedUserEvent>(log, stream, step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const membership = membershipAfter({ userId, workspaceId }, work.history);
  if (membership === undefined) return fail('workspace.member-unknown');
  const { name, avatarUrl } = (await accounts.load(stream)).state.user;
  const roles = await Promise.all(membership.roleIds.map((id) => log.states.role.load(streams.role(log.tenant, id))));
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  const slugs = roles.flatMap(({ state }) => (isLivingRole(state) ? [state.slug] : []));
  return succeed({ ...membership, name, avatarUrl, roles: slugs }, position);
}

function membershipAfter(
  ids: Pick<Membership, 'userId' | 'workspaceId'>,
  history: readonly RecordedUserEvent[],
): Membership | undefined {
  let membership: Membership | undefined;
  for (const [place, event] of history.entries()) {
    if (isRoles(event) && event.data.workspaceId === ids.workspaceId) {
      const { recordedAt } = event.stored;
      const joinedAt = membership?.joinedAt ?? recordedAt;
      membership = { ...ids, roleIds: [...event.data.roleIds], joinedAt, updatedAt: recordedAt };
    }
    const isLast = place === history.length - 1;
    if (event.type === 'user.workspace-left' && event.data.workspaceId === ids.workspaceId && !isLast) {
      membership = undefined;
    }
  }
  return membership;
}

function isRoles(event: RecordedUserEvent) {
  return event.type === 'user.workspace-joined' || event.type === 'user.workspace-roles-changed';
}
