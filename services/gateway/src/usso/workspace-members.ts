import { addMember, given, listMembers, listWorkspaceUsers, removeMember } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { problemType } from '../http/input.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { memberShape, ussoMember } from './access.ts';
import { listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath } from './ids.ts';
import { optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { personShape, ussoPerson } from './person.ts';
import { protectedRoute } from './protected-route.ts';
import { refusedIn } from './refused-member.ts';

const route = { ...protectedRoute, tag: 'SSO: workspaces' } as const;
const path = `${basePath}/workspaces/{workspace_id}`;
const params = z.object({ workspace_id: idInPath('workspace') });
const notFound = { 404: { means: 'There is no such workspace, or no such user in it.' } };
const role = text(1, 256).meta({
  description: 'By slug, name or id. `member` is nothing more than a member where there is no role of that name.',
  examples: ['member'],
});

/** As many as a message takes. */
const mostRoles = 256;

interface NamedRoles {
  readonly role?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Each once; undefined where nothing is said of roles. */
function rolesIn({ role: one, roles: several }: NamedRoles): string[] | undefined {
  if (one === undefined && several === undefined) return undefined;
  return [...new Set([...(several ?? []), ...(one === undefined ? [] : [one])])];
}

/** Who is in a workspace. */
export const workspaceMembers: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListMembers',
      rule: 'read:sso/workspace',
      method: 'GET',
      path: `${path}/members`,
      summary: 'List the members of a workspace, in the order of joining unless asked otherwise',
      description: 'A membership is made by joining.',
      params,
      query: listQuery({}),
      answers: { 200: { means: 'A page of members.', shape: pageShape('SsoMemberPage', memberShape) }, ...notFound },
    },
    async ({ params: { workspace_id: workspaceId }, query }, call) => {
      const page = pageOf(query);
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listMembers, { ...piece, ...creationOf(query), workspaceId });
        return part.ok ? { ok: true, value: { items: part.value.members, total: part.value.total } } : part;
      });
      return listed(reply, page, (member) => ussoMember(member, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoAddMember',
      rule: 'update:sso/workspace',
      method: 'POST',
      path: `${path}/members`,
      summary: 'Take a user into a workspace, with roles there',
      description:
        'Again with other roles: these count from now on; without `role` and `roles` they stay as they are. It needs `update:sso/user` for the user too, whom it brings within reach of those who administer the workspace.',
      params,
      body: z
        .object({
          user_id: idInBody('user'),
          role: optional(role),
          roles: optional(z.array(role).max(mostRoles)),
        })
        .superRefine((body, context) => {
          if ((rolesIn(body)?.length ?? 0) <= mostRoles) return;
          const message = `\`roles\` and \`role\` should name at most ${mostRoles} roles`;
          context.addIssue({ code: 'custom', path: ['role'], message, ...problemType('too_long') });
        }),
      bodyExample: { user_id: 'user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60', role: 'member' },
      answers: { 201: { means: 'A member, now or before.', shape: memberShape }, ...notFound },
    },
    async ({ params: { workspace_id: workspaceId }, body }, call) => {
      const { role: one, roles: several } = body;
      const roles = rolesIn(body);
      const reply = await call.command(addMember, { workspaceId, userId: body.user_id, ...given({ roles }) });
      const unknown = reply.ok ? undefined : reply.error.details?.unknown;
      const member = several?.some((each) => each === unknown) || one === undefined ? 'roles' : 'role';
      return written(refusedIn(reply, 'grant.invalid', member), 201, (added) => ussoMember(added, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoRemoveMember',
      rule: 'update:sso/workspace',
      method: 'DELETE',
      path: `${path}/members/{user_id}`,
      summary: 'Take a user out of a workspace',
      params: params.extend({ user_id: idInPath('user') }),
      answers: { 200: { means: 'The member as they were.', shape: memberShape }, ...notFound },
    },
    async ({ params: { workspace_id: workspaceId, user_id: userId } }, call) =>
      written(await call.command(removeMember, { workspaceId, userId }), 200, (member) => ({
        ...ussoMember(member, call.context.tenant),
        is_deleted: true,
      })),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoListWorkspaceUsers',
      rule: 'read:sso/user',
      method: 'GET',
      path: `${path}/users`,
      summary: 'List the users who are in a workspace, in the order of joining unless asked otherwise',
      description: 'Those whom the caller may read.',
      params,
      query: listQuery({}, 'joining'),
      answers: { 200: { means: 'A page of users.', shape: pageShape('SsoUserPage', personShape) }, ...notFound },
    },
    async ({ params: { workspace_id: workspaceId }, query }, call) => {
      const page = pageOf(query);
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listWorkspaceUsers, { ...piece, ...creationOf(query), workspaceId });
        return part.ok ? { ok: true, value: { items: part.value.people, total: part.value.total } } : part;
      });
      return listed(reply, page, (person) => ussoPerson(person, call.context.tenant));
    },
  ),
];
