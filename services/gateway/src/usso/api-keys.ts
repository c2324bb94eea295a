import { getApiKey, given, issueApiKey, listApiKeys, revokeApiKey, verifyApiKey } from '@evident/contracts';
import { z } from 'zod';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { pullPage } from '../http/pull-page.ts';
import { text } from '../http/texts.ts';
import { found, listed, written } from './answers.ts';
import { apiKeyClaims, apiKeyClaimsShape } from './api-key-claims.ts';
import { basePath } from './base-path.ts';
import { creationOf } from './creation-query.ts';
import { idInBody, idInPath } from './ids.ts';
import { apiKeyShape, newApiKeyShape, ussoApiKey } from './machine.ts';
import { optional } from './nulls.ts';
import { listQuery, pageOf, pageShape } from './pages.ts';
import { protectedRoute } from './protected-route.ts';
import { errorShape, ussoRefusals } from './refusals.ts';

const params = z.object({ key_id: idInPath('apikey') });
const notFound = { 404: { means: 'There is no such key, or none of yours.' } };
const defaultName = 'API key';

/** The routes under one spelling; older clients use the other. */
function routesUnder(path: string, suffix: string): readonly Endpoint[] {
  const route = { ...protectedRoute, tag: 'SSO: API keys' } as const;
  return [
    endpoint(
      {
        ...route,
        name: `ssoListApiKeys${suffix}`,
        rule: 'self',
        method: 'GET',
        path,
        summary: 'List API keys, in the order they were made unless asked otherwise',
        description: 'Those that you hold or made; with `read:sso/apikey` those of others too.',
        query: listQuery({ agent_id: idInBody('agent').optional().meta({ description: 'Only those of this agent.' }) }),
        answers: { 200: { means: 'A page of keys.', shape: pageShape(`SsoApiKeys${suffix}`, apiKeyShape) } },
      },
      async ({ query }, call) => {
        const page = pageOf(query);
        const wanted = { ...given({ agentId: query.agent_id }), ...creationOf(query) };
        const reply = await pullPage(page, async (piece) => {
          const part = await call.query(listApiKeys, { ...piece, ...wanted });
          return part.ok ? { ok: true, value: { items: part.value.apiKeys, total: part.value.total } } : part;
        });
        return listed(reply, page, (apiKey) => ussoApiKey(apiKey, call.context.tenant));
      },
    ),
    endpoint(
      {
        ...route,
        name: `ssoCreateApiKey${suffix}`,
        rule: 'create:sso/apikey',
        method: 'POST',
        path,
        summary: 'Make an API key',
        description:
          'For yourself, or for an agent. Without `scopes` it carries all that its holder has, whenever it is used; none carries more than its maker has.',
        body: z.object({
          agent_id: optional(idInBody('agent')),
          name: optional(text(1, 512)),
          scopes: optional(z.array(text(1, 512)).max(100)),
          expires_in_days: optional(z.int().min(1).max(3_650)),
        }),
        bodyExample: { name: 'Production API Key', expires_in_days: 365 },
        answers: {
          201: { means: 'Made.', shape: newApiKeyShape },
          404: { means: 'There is no such agent.' },
        },
      },
      async ({ body }, call) => {
        const members = given({
          agentId: body.agent_id,
          scopes: body.scopes,
          expiresInDays: body.expires_in_days,
        });
        const reply = await call.command(issueApiKey, { name: body.name ?? defaultName, ...members });
        return written(
          reply,
          201,
          ({ key, ...apiKey }): z.output<typeof newApiKeyShape> => ({
            ...ussoApiKey(apiKey, call.context.tenant),
            key,
            api_key: key,
          }),
        );
      },
    ),
    endpoint(
      {
        ...route,
        name: `ssoReadApiKey${suffix}`,
        rule: 'self',
        method: 'GET',
        path: `${path}/{key_id}`,
        summary: 'Read an API key',
        params,
        answers: { 200: { means: 'The key, without its secret.', shape: apiKeyShape }, ...notFound },
      },
      async ({ params: { key_id: uid } }, call) =>
        found(await call.query(getApiKey, { uid }), (apiKey) => ussoApiKey(apiKey, call.context.tenant)),
    ),
    endpoint(
      {
        ...route,
        name: `ssoDeleteApiKey${suffix}`,
        rule: 'self',
        method: 'DELETE',
        path: `${path}/{key_id}`,
        summary: 'Revoke an API key',
        description: 'From its next use on. With `delete:sso/apikey` those of others too.',
        params,
        answers: { 200: { means: 'The key as it was.', shape: apiKeyShape }, ...notFound },
      },
      async ({ params: { key_id: uid } }, call) =>
        written(await call.command(revokeApiKey, { uid }), 200, (apiKey) => ussoApiKey(apiKey, call.context.tenant)),
    ),
    endpoint(
      {
        name: `ssoVerifyApiKey${suffix}`,
        tag: 'SSO: API keys',
        access: 'public',
        rule: 'public',
        refusals: ussoRefusals,
        method: 'POST',
        path: `${path}/verify`,
        summary: 'Ask what an API key allows',
        description: 'For services that are shown one. The key itself is all that is needed.',
        body: z.object({ api_key: text(1, 512) }),
        bodyExample: { api_key: 'usso_sk_…' },
        relayed: true,
        answers: {
          200: { means: 'Whose it is, and what it may do now.', shape: apiKeyClaimsShape },
          401: { means: 'It is none, or counts no more.', shape: errorShape },
        },
      },
      async ({ body: { api_key: key } }, call) =>
        found(await call.query(verifyApiKey, { key }), (value) => apiKeyClaims(value, call.context.tenant)),
    ),
  ];
}

export const apiKeys: readonly Endpoint[] = [
  ...routesUnder(`${basePath}/apikeys`, ''),
  ...routesUnder(`${basePath}/api-keys`, 'Alias'),
];
