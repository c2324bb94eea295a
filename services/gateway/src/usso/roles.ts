import { changeRole, createRole, getRole, given, listRoles, removeRole } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { booleanInQuery } from '../http/numbers.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { roleShape, ussoRole } from './access.ts';
import { found, listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath } from './ids.ts';
import { clearable, optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';

const route = { ...protectedRoute, tag: 'SSO: roles' } as const;
const path = `${basePath}/roles`;
const params = z.object({ role_id: idInPath('role') });
const name = text(1, 150).meta({ description: 'Printable, no space at either end.', examples: ['Content Editor'] });
const slug = text(1, 64).meta({
  description: 'Lower-case letters and digits, with single `-`, `_` or `.` between them.',
  examples: ['content-editor'],
});
const description = text(0, 2_000);
const scopes = z
  .array(text(1, 400))
  .max(256)
  .meta({ examples: [['read:content', 'write:content']] });
const notFound = { 404: { means: 'There is no such role.' } };
const taken = { 409: { means: 'The slug belongs to another role.' } };

export const roles: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListRoles',
      rule: 'read:sso/role',
      method: 'GET',
      path,
      summary: 'List roles, in the order they were made unless asked otherwise',
      description: 'Those that the caller may read.',
      query: listQuery({ workspace_id: idInBody('workspace').optional(), is_active: booleanInQuery.optional() }),
      answers: { 200: { means: 'A page of roles.', shape: pageShape('SsoRolePage', roleShape) } },
    },
    async ({ query }, call) => {
      const page = pageOf(query);
      const filters = given({ workspaceId: query.workspace_id, isActive: query.is_active });
      const wanted = { ...filters, ...creationOf(query) };
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listRoles, { ...piece, ...wanted });
        return part.ok ? { ok: true, value: { items: part.value.roles, total: part.value.total } } : part;
      });
      return listed(reply, page, (role) => ussoRole(role, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoCreateRole',
      rule: 'create:sso/role',
      method: 'POST',
      path,
      summary: 'Make a role',
      description:
        'A bundle of scopes that users are given by its slug. Without a slug one is made of the name. Nobody makes a role that may do more than they may.',
      body: z.object({
        name,
        slug: optional(slug),
        description: optional(description),
        scopes: optional(scopes),
        is_active: optional(z.boolean()),
        workspace_id: optional(idInBody('workspace')),
      }),
      bodyExample: { name: 'Content Editor', slug: 'content-editor', scopes: ['read:content', 'write:content'] },
      answers: { 201: { means: 'Made.', shape: roleShape }, ...taken },
    },
    async ({ body }, call) => {
      const { is_active: isActive, workspace_id: workspaceId, ...members } = body;
      const reply = await call.command(createRole, given({ ...members, isActive, workspaceId }));
      return written(reply, 201, (role) => ussoRole(role, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadRole',
      rule: 'read:sso/role',
      method: 'GET',
      path: `${path}/{role_id}`,
      summary: 'Read a role',
      params,
      answers: { 200: { means: 'The role.', shape: roleShape }, ...notFound },
    },
    async ({ params: { role_id: uid } }, call) =>
      found(await call.query(getRole, { uid }), (role) => ussoRole(role, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateRole',
      rule: 'update:sso/role',
      method: 'PATCH',
      path: `${path}/{role_id}`,
      summary: 'Change a role',
      description:
        'Absent members stay as they are, and so does the slug. It holds for everybody who has the role at their next request. What it gives more than before, the caller has to hold.',
      params,
      body: z.object({
        name: name.optional(),
        description: clearable(description),
        scopes: scopes.optional(),
        is_active: z.boolean().optional(),
      }),
      bodyExample: { scopes: ['read:content'], is_active: true },
      answers: { 200: { means: 'The role as it is now.', shape: roleShape }, ...notFound },
    },
    async ({ params: { role_id: uid }, body }, call) => {
      const change = given({
        name: body.name,
        description: body.description === null ? '' : body.description,
        scopes: body.scopes,
        isActive: body.is_active,
      });
      return written(await call.command(changeRole, { uid, ...change }), 200, (role) =>
        ussoRole(role, call.context.tenant),
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoDeleteRole',
      rule: 'delete:sso/role',
      method: 'DELETE',
      path: `${path}/{role_id}`,
      summary: 'Remove a role for ever',
      description: 'Whoever has it has nothing by it at their next request; its slug is free.',
      params,
      answers: { 200: { means: 'The role as it was.', shape: roleShape }, ...notFound },
    },
    async ({ params: { role_id: uid } }, call) =>
      written(await call.command(removeRole, { uid }), 200, (role) => ({
        ...ussoRole(role, call.context.tenant),
        is_deleted: true,
      })),
  ),
];
