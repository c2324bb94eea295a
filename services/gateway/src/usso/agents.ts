import { changeAgent, createAgent, getAgent, given, listAgents, removeAgent } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { agentExchange } from './agent-exchange.ts';
import { found, listed, written } from './answers.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath } from './ids.ts';
import { agentShape, newAgentShape, ussoAgent } from './machine.ts';
import { clearable, optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';

const route = { ...protectedRoute, tag: 'SSO: agents' } as const;
const path = `${basePath}/agents`;
const params = z.object({ agent_id: idInPath('agent') });
const name = text(1, 512).meta({ description: '1 to 150 printable characters.', examples: ['My Service Account'] });
const description = text(0, 8_192);
const scopes = z
  .array(text(1, 512))
  .max(100)
  .meta({ examples: [['read:sso/user']] });
const alg = z.enum(['EdDSA', 'Ed25519', 'ED25519']).meta({ description: 'All three mean Ed25519.' });
const verifyKey = text(1, 1_024).meta({ description: 'SubjectPublicKeyInfo of an Ed25519 key, PEM.' });
const notFound = { 404: { means: 'There is no such agent.' } };
const taken = { 409: { means: 'The public key belongs to another agent.' } };

export const agents: readonly Endpoint[] = [
  endpoint(
    {
      ...route,
      name: 'ssoListAgents',
      rule: 'read:sso/agent',
      method: 'GET',
      path,
      summary: 'List agents, in the order they were made unless asked otherwise',
      query: listQuery({}),
      answers: { 200: { means: 'A page of agents.', shape: pageShape('SsoAgents', agentShape) } },
    },
    async ({ query }, call) => {
      const page = pageOf(query);
      const reply = await pullPage(page, async (piece) => {
        const part = await call.query(listAgents, { ...piece, ...creationOf(query) });
        return part.ok ? { ok: true, value: { items: part.value.agents, total: part.value.total } } : part;
      });
      return listed(reply, page, (agent) => ussoAgent(agent, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoCreateAgent',
      rule: 'create:sso/agent',
      method: 'POST',
      path,
      summary: 'Make an agent (a service account)',
      description:
        'It holds these scopes by itself, none that its maker lacks. It signs with an Ed25519 key: the one whose public half is given, else one that is made here.',
      body: z.object({
        name,
        description: optional(description),
        scopes: optional(scopes),
        workspace_id: optional(idInBody('workspace')),
        alg: optional(alg),
        verify_key: optional(verifyKey),
      }),
      bodyExample: { name: 'My Service Account', description: 'For API access', scopes: ['read:sso/user'] },
      answers: { 201: { means: 'Made.', shape: newAgentShape }, ...taken },
    },
    async ({ body }, call) => {
      const members = given({
        description: body.description,
        workspaceId: body.workspace_id,
        verifyKey: body.verify_key,
      });
      const reply = await call.command(createAgent, { name: body.name, scopes: body.scopes ?? [], ...members });
      return written(reply, 201, ({ privateKey, ...agent }): z.output<typeof newAgentShape> => {
        const shown = ussoAgent(agent, call.context.tenant);
        return { ...shown, private_key: privateKey, client_id: shown.id };
      });
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoReadAgent',
      rule: 'read:sso/agent',
      method: 'GET',
      path: `${path}/{agent_id}`,
      summary: 'Read an agent',
      description: 'An agent may read itself.',
      params,
      answers: { 200: { means: 'The agent.', shape: agentShape }, ...notFound },
    },
    async ({ params: { agent_id: uid } }, call) =>
      found(await call.query(getAgent, { uid }), (agent) => ussoAgent(agent, call.context.tenant)),
  ),
  endpoint(
    {
      ...route,
      name: 'ssoUpdateAgent',
      rule: 'update:sso/agent',
      method: 'PATCH',
      path: `${path}/{agent_id}`,
      summary: 'Change an agent',
      description:
        'Absent members stay as they are. A new public key, a scope taken away and `is_active: false` end its tokens. Who gives it power, or its power to another key, has to hold it.',
      params,
      body: z.object({
        name: name.optional(),
        description: clearable(description),
        scopes: scopes.optional(),
        is_active: z.boolean().optional(),
        alg: alg.optional(),
        verify_key: verifyKey.optional(),
      }),
      bodyExample: { scopes: ['read:sso/user', 'read:sso/role'], is_active: true },
      answers: { 200: { means: 'The agent as it is now.', shape: agentShape }, ...notFound, ...taken },
    },
    async ({ params: { agent_id: uid }, body }, call) => {
      const change = given({
        name: body.name,
        description: body.description === null ? '' : body.description,
        scopes: body.scopes,
        isActive: body.is_active,
        verifyKey: body.verify_key,
      });
      const reply = await call.command(changeAgent, { uid, ...change });
      return written(reply, 200, (agent) => ussoAgent(agent, call.context.tenant));
    },
  ),
  endpoint(
    {
      ...route,
      name: 'ssoDeleteAgent',
      rule: 'delete:sso/agent',
      method: 'DELETE',
      path: `${path}/{agent_id}`,
      summary: 'Remove an agent for ever',
      description: 'Its tokens and its API keys end.',
      params,
      answers: { 200: { means: 'The agent as it was.', shape: agentShape }, ...notFound },
    },
    async ({ params: { agent_id: uid } }, call) =>
      written(await call.command(removeAgent, { uid }), 200, (agent) => ({
        ...ussoAgent(agent, call.context.tenant),
        is_deleted: true,
      })),
  ),
  ...agentExchange,
];
