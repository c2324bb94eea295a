import {
  type CreationRequest,
  changeWorkspace,
  createWorkspace,
  getWorkspace,
  given,
  listWorkspaces,
  removeWorkspace,
} from '@evident/contracts';
import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { jsonMembers } from '../http/json-members.ts';
import { booleanInQuery } from '../http/numbers.ts';
import { type Page, pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { ussoWorkspace, workspaceShape } from './access.ts';
import { found, listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInPath } from './ids.ts';
import { clearable, optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';
import { workspaceMembers } from './workspace-members.ts';

const route = { ...protectedRoute, tag: 'SSO: workspaces' } as const;
const path = `${basePath}/workspaces`;
const params = z.object({ workspace_id: idInPath('workspace') });
const name = text(1, 150).meta({ description: 'Printable, no space at either end.', examples: ['My Team'] });
const slug = text(1, 64).meta({
  description: 'Lower-case letters and digits, with single `-`, `_` or `.` between them.',
  examples: ['my-team'],
});
const description = text(0, 2_000);
const logoUrl = text(1, 2_048).meta({ description: 'An http or https URL.' });
const settings = jsonMembers.meta({ description: 'At most 16 KiB of JSON.' });
const notFound = { 404: { means: 'There is no such workspace.' } };
const notMade = {
  409: { means: 'The slug belongs to another workspace, or whoever makes it holds as much as can be told.' },
};
const pageOfWorkspaces = { means: 'A page of workspaces.', shape: pageShape('SsoWorkspacePage', workspaceShape) };

interface Wanted extends CreationRequest {
  readonly mine?: boolean;
  readonly isActive?: boolean;
}

async function pull(call: Call, page: Page, wanted: Wanted) {
  const reply = await pullPage(page, async (piece) => {
    const part = await call.query(listWorkspaces, { ...piece, ...wanted });
    return part.ok ? { ok: true, value: { items: part.value.workspaces, total: part.value.total } } : part;
  });
  return listed(reply, page, (workspace) => ussoWorkspace(workspace, call.context.tenant));
}

export const workspaces: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListWorkspaces',
      rule: 'read:sso/workspace',
      method: 'GET',
      path,
      summary: 'List workspaces, in the order they were made unless asked otherwise',
      description: 'Those that the caller may read.',
      query: listQuery({ is_active: booleanInQuery.optional() }),
      answers: { 200: pageOfWorkspaces },
    },
    ({ query }, call) => pull(call, pageOf(query), { ...given({ isActive: query.is_active }), ...creationOf(query) }),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoListOwnWorkspaces',
      rule: 'self',
      method: 'GET',
      path: `${path}/mine`,
      summary: 'List the workspaces that one is in, in the order of joining unless asked otherwise',
      query: listQuery({ is_active: booleanInQuery.optional() }, 'joining'),
      answers: { 200: pageOfWorkspaces },
    },
    ({ query }, call) =>
      pull(call, pageOf(query), { mine: true, ...given({ isActive: query.is_active }), ...creationOf(query) }),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoCreateWorkspace',
      rule: 'create:sso/workspace',
      method: 'POST',
      path,
      summary: 'Make a workspace',
      description: 'Whoever makes it is in it. Without a slug one is made of the name.',
      body: z.object({
        name,
        slug: optional(slug),
        description: optional(description),
        logo_url: optional(logoUrl),
        settings: optional(settings),
        is_active: optional(z.boolean()),
      }),
      bodyExample: { name: 'My Team', slug: 'my-team', description: 'Where the team works' },
      answers: { 201: { means: 'Made.', shape: workspaceShape }, ...notMade },
    },
    async ({ body }, call) => {
      const { logo_url: logo, is_active: isActive, ...members } = body;
      const wanted = given({ ...members, logoUrl: logo, isActive });
      return written(await call.command(createWorkspace, wanted), 201, (workspace) =>
        ussoWorkspace(workspace, call.context.tenant),
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadWorkspace',
      rule: 'read:sso/workspace',
      method: 'GET',
      path: `${path}/{workspace_id}`,
      summary: 'Read a workspace',
      description: 'Who is in it needs no scope.',
      params,
      answers: { 200: { means: 'The workspace.', shape: workspaceShape }, ...notFound },
    },
    async ({ params: { workspace_id: uid } }, call) =>
      found(await call.query(getWorkspace, { uid }), (workspace) => ussoWorkspace(workspace, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateWorkspace',
      rule: 'update:sso/workspace',
      method: 'PATCH',
      path: `${path}/{workspace_id}`,
      summary: 'Change a workspace',
      description:
        'Absent members stay as they are, and so does the slug. In a workspace that is not active nobody has roles; whoever switches it on again gives them all back, and so has to hold every scope in it.',
      params,
      body: z.object({
        name: name.optional(),
        description: clearable(description),
        logo_url: clearable(logoUrl),
        settings: clearable(settings),
        is_active: z.boolean().optional(),
      }),
      bodyExample: { name: 'Our Team', settings: { theme: 'dark' } },
      answers: { 200: { means: 'The workspace as it is now.', shape: workspaceShape }, ...notFound },
    },
    async ({ params: { workspace_id: uid }, body }, call) => {
      const change = given({
        name: body.name,
        description: body.description === null ? '' : body.description,
        logoUrl: body.logo_url,
        settings: body.settings === null ? {} : body.settings,
        isActive: body.is_active,
      });
      return written(await call.command(changeWorkspace, { uid, ...change }), 200, (workspace) =>
        ussoWorkspace(workspace, call.context.tenant),
      );
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoDeleteWorkspace',
      rule: 'delete:sso/workspace',
      method: 'DELETE',
      path: `${path}/{workspace_id}`,
      summary: 'Remove a workspace for ever',
      description: 'Nobody has roles in it at their next request; its slug is free.',
      params,
      answers: { 200: { means: 'The workspace as it was.', shape: workspaceShape }, ...notFound },
    },
    async ({ params: { workspace_id: uid } }, call) =>
      written(await call.command(removeWorkspace, { uid }), 200, (workspace) => ({
        ...ussoWorkspace(workspace, call.context.tenant),
        is_deleted: true,
      })),
  ),
  ...workspaceMembers,
];
