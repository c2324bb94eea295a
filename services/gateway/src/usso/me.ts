import { type AccessTokenClaims, accessTokenClaims, getPerson, verifyApiKey } from '@evident/contracts';
import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { found } from './answers.ts';
import { apiKeyClaims, workspaceOfAgent } from './api-key-claims.ts';
import { basePath } from './base-path.ts';
import { printedId } from './ids.ts';
import { personShape, ussoPerson } from './person.ts';
import { protectedRoute } from './protected-route.ts';
import { errorShape, ussoRefusals } from './refusals.ts';
import { claimsShape } from './verify-token.ts';

const shared = { ...protectedRoute, tag: 'SSO: oneself', method: 'GET', rule: 'self' } as const;

const meShape = z
  .looseObject({
    id: z.string().meta({ examples: ['user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] }),
    uid: z.uuid(),
    tenant_id: z.string(),
    workspace_id: z.string().nullable(),
    identifiers: z.array(z.unknown()).meta({ description: 'As `GET /users/{id}` has them; an agent has none.' }),
    roles: z.array(z.string()),
    scopes: z.array(z.string()).meta({
      description: 'Of a user those given beside the roles; of an agent, and by an API key, all that it may do now.',
    }),
  })
  .meta({ id: 'SsoMe' });

const ownDescription = endpoint(
  {
    ...shared,
    name: 'ssoMe',
    path: `${basePath}/me`,
    summary: 'Who am I?',
    description: 'Of a user all that `GET /users/{id}` has. The one route that takes tokens made for other apps too.',
    anyApp: true,
    answers: { 200: { means: 'The user or agent of the credential.', shape: meShape } },
  },
  (_input, call) => describeSelf(call),
);

const ownUser = endpoint(
  {
    ...shared,
    name: 'ssoUserMe',
    path: `${basePath}/users/me`,
    summary: 'The user who is signed in',
    answers: {
      200: { means: 'The user.', shape: personShape },
      404: { means: 'The credential is no user’s.', shape: errorShape },
    },
  },
  async (_input, call) => found(await call.query(getPerson, {}), (person) => ussoPerson(person, call.context.tenant)),
);

const ownClaims = endpoint(
  {
    ...shared,
    name: 'ssoAuthMe',
    path: `${basePath}/auth/me`,
    summary: 'What does my credential say?',
    answers: {
      200: { means: 'The claims of the token; of an API key what `/apikeys/verify` says of it.', shape: claimsShape },
    },
  },
  (_input, call) => claimsOfSelf(call),
);

type AgentGrants = Pick<AccessTokenClaims, 'roles' | 'scopes'> & { readonly workspaceId: string | null };

export const me: readonly Endpoint[] = [ownDescription, ownUser, ownClaims];

async function describeSelf(call: Call): Promise<Answer> {
  const { subject = '' } = call;
  if (subject.startsWith('service:')) {
    const { roles, scopes, workspace_id: workspaceId } = accessTokenClaims.parse(claimsOfToken(call));
    return { status: 200, json: agentOf(subject, call, { roles, scopes, workspaceId }) };
  }
  if (!subject.startsWith('apikey:')) return describeUser(call, {});
  const key = await keyOf(call);
  if (!key.ok) return ussoRefusals.refuse(key.error);
  const { holder, roles, scopes } = key.value;
  if (holder.startsWith('user:')) return describeUser(call, { roles, scopes });
  return { status: 200, json: agentOf(holder, call, { roles, scopes, workspaceId: workspaceOfAgent(key.value) }) };
}

async function describeUser(
  call: Call,
  instead: Partial<Pick<AccessTokenClaims, 'roles' | 'scopes'>>,
): Promise<Answer> {
  return found(await call.query(getPerson, {}), (person) => ({
    ...ussoPerson(person, call.context.tenant),
    workspace_id: null,
    ...instead,
  }));
}

async function claimsOfSelf(call: Call): Promise<Answer> {
  if (call.subject?.startsWith('apikey:') !== true) return { status: 200, json: claimsOfToken(call) };
  return found(await keyOf(call), (key) => apiKeyClaims(key, call.context.tenant));
}

function keyOf(call: Call) {
  return call.query(verifyApiKey, { key: call.context.credential ?? '' });
}

/** Of the token that the door let in, so its signature and session were looked at. */
function claimsOfToken({ context }: Call): Record<string, unknown> {
  return JSON.parse(Buffer.from(context.credential?.split('.')[1] ?? '', 'base64url').toString());
}

function agentOf(subject: string, { context }: Call, { roles, scopes, workspaceId }: AgentGrants) {
  const uid = subject.slice(subject.indexOf(':') + 1);
  const workspace = workspaceId === null ? null : printedId('workspace', workspaceId);
  return { id: subject, uid, tenant_id: context.tenant, workspace_id: workspace, identifiers: [], roles, scopes };
}
