import {
  type AgentObject,
  type ApiKeyObject,
  authenticateAgent,
  changeAgent,
  createAgent,
  fail,
  getAgent,
  getApiKey,
  issueApiKey,
  learnAgentScopes,
  listAgents,
  listApiKeys,
  removeAgent,
  revokeApiKey,
  succeed,
  verifyApiKey,
} from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';
import { base, noon, uid, userId, workspaceId } from './usso-objects.fixture.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const agent: AgentObject = {
  uid,
  name: 'My Service Account',
  description: 'For API access',
  scopes: ['read:sso/user'],
  workspaceId,
  isActive: true,
  createdBy: `user:${userId}`,
  verifyKey: 'PEM',
  keyId: 'a'.repeat(64),
  createdAt: noon,
  updatedAt: noon,
};
const printedAgent = {
  id: `service:${uid}`,
  uid,
  type: 'agent',
  user_id: `user:${userId}`,
  name: 'My Service Account',
  description: 'For API access',
  scopes: ['read:sso/user'],
  workspace_id: `ws_${workspaceId}`,
  tenant_id: 'main',
  is_active: true,
  is_deleted: false,
  meta_data: {},
  alg: 'EdDSA',
  verify_key: 'PEM',
  kid: 'a'.repeat(64),
  created_at: '2026-01-25T12:00:00.000Z',
  updated_at: '2026-01-25T12:00:00.000Z',
};
const apiKey: ApiKeyObject = {
  uid,
  name: 'ci',
  holder: `service:${uid}`,
  issuedBy: `user:${userId}`,
  scopes: null,
  prefix: 'usso_sk_AZovHnwe',
  isActive: true,
  expiresAt: noon + 1,
  revokedAt: null,
  createdAt: noon,
  updatedAt: noon,
};
const printedApiKey = {
  id: `key_${uid}`,
  uid,
  name: 'ci',
  user_id: `user:${userId}`,
  agent_id: `service:${uid}`,
  scopes: [],
  all_scopes: true,
  api_key_pattern: 'usso_sk_AZovHnwe…',
  tenant_id: 'main',
  is_active: true,
  is_deleted: false,
  meta_data: {},
  expires_at: '2026-01-25T12:00:00.001Z',
  last_used_at: null,
  created_at: '2026-01-25T12:00:00.000Z',
  updated_at: '2026-01-25T12:00:00.000Z',
};
const asked = (contract: Parameters<RunningGateway['services']['askedOf']>[0]) =>
  gateway.services.askedOf(contract).at(-1)?.payload;

describe('agents', () => {
  it('are made with what was given, and show their private key and client id', async () => {
    gateway.services.answer(createAgent, () => succeed({ ...agent, privateKey: 'PKCS8' }));
    const sent = { name: 'My Service Account', description: null, workspace_id: `ws_${workspaceId}`, alg: 'ED25519' };
    const { status, json } = await gateway.call('POST', `${base}/agents`, { json: { ...sent, is_admin: true } });
    expect(status).toBe(201);
    expect(json).toEqual({ ...printedAgent, private_key: 'PKCS8', client_id: `service:${uid}` });
    expect(asked(createAgent)).toEqual({ name: 'My Service Account', scopes: [], workspaceId });
  });

  it.each([
    ['without a name', {}, 'name'],
    ['of another algorithm', { name: 'x', alg: 'RS256' }, 'alg'],
    ['with scopes that are no list', { name: 'x', scopes: 'read:sso/user' }, 'scopes'],
    ['in a workspace that is none', { name: 'x', workspace_id: 'ws_1' }, 'workspace_id'],
  ])('%s are 422', async (_rule, json, member) => {
    const called = await gateway.call('POST', `${base}/agents`, { json });
    expect(called.status).toBe(422);
    expect(called.json).toMatchObject({ detail: [{ loc: ['body', member] }] });
  });

  it('are read, listed, changed and removed by either id', async () => {
    const { services } = gateway;
    services.answer(getAgent, () => succeed({ ...agent, lastUsedAt: noon }));
    services.answer(listAgents, () => succeed({ agents: [{ ...agent, lastUsedAt: null }], total: 1 }));
    services.answer(changeAgent, () => succeed(agent));
    services.answer(removeAgent, () => succeed({ ...agent, isActive: false }));
    const used = { ...printedAgent, last_used_at: '2026-01-25T12:00:00.000Z' };
    for (const id of [uid, `service:${uid}`]) {
      expect((await gateway.call('GET', `${base}/agents/${id}`)).json).toEqual(used);
      expect(asked(getAgent)).toEqual({ uid });
    }
    expect((await gateway.call('GET', `${base}/agents`)).json).toEqual({
      items: [{ ...printedAgent, last_used_at: null }],
      total: 1,
      offset: 0,
      limit: 10,
    });
    const change = { description: null, is_active: false };
    expect((await gateway.call('PATCH', `${base}/agents/${uid}`, { json: change })).json).toEqual(printedAgent);
    expect(asked(changeAgent)).toEqual({ uid, description: '', isActive: false });
    expect(await gateway.call('DELETE', `${base}/agents/${uid}`)).toMatchObject({
      status: 200,
      json: { ...printedAgent, is_active: false, is_deleted: true },
    });
    expect((await gateway.call('PATCH', `${base}/agents/${uid}`, { json: { scopes: null } })).status).toBe(422);
  });
});

describe('GET /me of an agent in a workspace', () => {
  const itself = { id: `service:${uid}`, uid, workspace_id: `ws_${workspaceId}`, scopes: ['read:sso/user'] };
  const ask = (credential: string) =>
    gateway.call('GET', `${base}/me`, { headers: { authorization: `Bearer ${credential}` } });

  it('names the workspace, as its token does', async () => {
    const claims = { sub: `service:${uid}`, workspace_id: workspaceId, scopes: ['read:sso/user'] };
    expect(await ask(await gateway.tokens.issue({ ...claims, sid: undefined }))).toMatchObject({ json: itself });
    const alone = await gateway.tokens.issue({ ...claims, sid: undefined, workspace_id: null });
    expect(await ask(alone)).toMatchObject({ json: { workspace_id: null } });
  });

  it('names it to a key of the agent too', async () => {
    const key = `usso_sk_${Buffer.concat([Buffer.from(uid.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 7)]).toString('base64url')}`;
    const value = { keyId: uid, holder: `service:${uid}`, scopes: ['read:sso/user'], roles: [], expiresAt: null };
    gateway.services.answer(verifyApiKey, () => succeed({ ...value, workspaceIds: [workspaceId] }));
    expect(await ask(key)).toMatchObject({ json: itself });
  });
});

describe.each(['auth/me', 'apikeys/verify', 'api-keys/verify'])('/%s by a key', (route) => {
  const key = `usso_sk_${Buffer.concat([Buffer.from(uid.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 7)]).toString('base64url')}`;
  const ask = () =>
    route === 'auth/me'
      ? gateway.call('GET', `${base}/${route}`, { headers: { authorization: `Bearer ${key}` } })
      : gateway.call('POST', `${base}/${route}`, { anonymous: true, json: { api_key: key } });

  it.each([
    ['of an agent in a workspace names it as the token of the agent does', 'service', [workspaceId], workspaceId],
    ['of an agent in none names none', 'service', [], null],
    ['of a user, who may be in several, names none', 'user', [workspaceId], null],
  ])('%s', async (_rule, kind, workspaceIds, expected) => {
    const value = { keyId: uid, holder: `${kind}:${uid}`, scopes: [], roles: [], expiresAt: null, workspaceIds };
    gateway.services.answer(verifyApiKey, () => succeed(value));
    expect(await ask()).toMatchObject({ status: 200, json: { sub: `${kind}:${uid}`, workspace_id: expected } });
  });
});

describe('the statement of an agent', () => {
  const bearer = { anonymous: true, headers: { authorization: 'Bearer a.b.c' } };

  it('is sent on as it is, without a body, and becomes a token', async () => {
    const value = { accessToken: 't', expiresIn: 3_600, agentId: uid, name: 'x', scopes: ['read:sso/user'] };
    gateway.services.answer(authenticateAgent, () => succeed(value));
    expect(await gateway.call('POST', `${base}/agents/auth`, bearer)).toMatchObject({
      status: 200,
      json: { access_token: 't', token_type: 'Bearer', tokens: { access: 't' }, token: { access_token: 't' } },
    });
    expect(asked(authenticateAgent)).toEqual({ assertion: 'a.b.c' });
  });

  it('asks for scopes too', async () => {
    gateway.services.answer(learnAgentScopes, () => succeed({ agentId: uid, tenantId: 'main', scopes: ['a'] }));
    expect(await gateway.call('POST', `${base}/agents/scopes`, bearer)).toMatchObject({
      status: 200,
      json: { id: `service:${uid}`, tenant_id: 'main', scopes: ['a'] },
    });
  });

  it('is refused with what its signer is told of it', async () => {
    const reason = 'The statement counts no longer, by the clock of this server (exp).';
    gateway.services.answer(authenticateAgent, () => fail('caller.bad-credential', { details: { reason } }));
    expect(await gateway.call('POST', `${base}/agents/auth`, bearer)).toMatchObject({
      status: 401,
      json: { code: 'invalid_token', detail: reason },
    });
  });

  it.each(['auth', 'scopes'])('is missed by /agents/%s, which answers 401 without it', async (route) => {
    for (const headers of [{}, { authorization: 'Basic YTpi' }]) {
      expect(await gateway.call('POST', `${base}/agents/${route}`, { anonymous: true, headers })).toMatchObject({
        status: 401,
        json: { detail: 'No statement was sent: the JWT that the agent signed goes into Authorization: Bearer <it>.' },
      });
    }
  });
});

describe.each(['apikeys', 'api-keys'])('/%s', (spelling) => {
  const path = `${base}/${spelling}`;

  it('makes a key for an agent or oneself, and shows it under both names', async () => {
    gateway.services.answer(issueApiKey, () => succeed({ ...apiKey, key: 'usso_sk_x' }));
    const json = { agent_id: `service:${uid}`, name: 'ci', expires_in_days: 365, scopes: null };
    expect(await gateway.call('POST', path, { json })).toMatchObject({
      status: 201,
      json: { ...printedApiKey, key: 'usso_sk_x', api_key: 'usso_sk_x' },
    });
    expect(asked(issueApiKey)).toEqual({ agentId: uid, name: 'ci', expiresInDays: 365 });
    await gateway.call('POST', path, { json: { scopes: ['a'] } });
    expect(asked(issueApiKey)).toEqual({ name: 'API key', scopes: ['a'] });
  });

  it.each([0, 3_651, 1.5, '30'])('refuses a key for %j days', async (days) => {
    const called = await gateway.call('POST', path, { json: { expires_in_days: days } });
    expect(called).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', 'expires_in_days'] }] } });
  });

  it('lists, reads and revokes keys', async () => {
    const { services } = gateway;
    services.answer(listApiKeys, () => succeed({ apiKeys: [apiKey], total: 1 }));
    services.answer(getApiKey, () => succeed(apiKey));
    services.answer(revokeApiKey, () => succeed({ ...apiKey, isActive: false, revokedAt: noon }));
    const { json } = await gateway.call('GET', `${path}?agent_id=service:${uid}&page=2&limit=5`);
    expect(json).toEqual({ items: [printedApiKey], total: 1, offset: 5, limit: 5 });
    expect(asked(listApiKeys)).toEqual({ agentId: uid, skip: 5, limit: 5 });
    expect((await gateway.call('GET', `${path}/key_${uid}`)).json).toEqual(printedApiKey);
    expect(await gateway.call('DELETE', `${path}/${uid}`)).toMatchObject({
      status: 200,
      json: { ...printedApiKey, is_active: false, is_deleted: true },
    });
  });

  it('says what a key allows, and 401 of one that counts no more', async () => {
    const value = {
      keyId: uid,
      holder: `user:${userId}`,
      scopes: ['a'],
      roles: ['editor'],
      workspaceIds: [workspaceId],
    };
    gateway.services.answer(verifyApiKey, () => succeed({ ...value, expiresAt: noon + 999 }));
    const verify = () => gateway.call('POST', `${path}/verify`, { anonymous: true, json: { api_key: 'usso_sk_x' } });
    expect(await verify()).toMatchObject({
      status: 200,
      json: {
        sub: `user:${userId}`,
        sub_type: 'api_key',
        jti: `key_${uid}`,
        tenant_id: 'main',
        workspace_id: null,
        workspace_ids: [`ws_${workspaceId}`],
        session_id: null,
        roles: ['editor'],
        scopes: ['a'],
        exp: noon / 1_000,
      },
    });
    gateway.services.fail(verifyApiKey, 'caller.bad-credential');
    expect((await verify()).status).toBe(401);
  });
});
