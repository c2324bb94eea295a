import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, call } from '../e2e/http.ts';
import { ask } from './express-sample.ts';
import { fastApiSample, startFastApi } from './fastapi-sample.ts';
import { PrintedHost, printedUrl } from './printed-host.ts';
import { printedAddress } from './printed-page.ts';
import { findPython } from './python.ts';

const found = findPython();
const python = 'path' in found ? found.path : '';
const title = `the usso package${'version' in found ? ` ${found.version}` : ` (skipped: ${found.missing})`}`;

const sso = '/api/sso/v1';
const credentials = { identifier: printedAddress, secret: 'SecurePassword123!' };
const env = { PUBLIC_URL: printedUrl, BOOTSTRAP_FIRST_USER: 'owner', ALLOWED_AUDIENCES: 'another-app' };
const refused = {
  status: 401,
  body: expect.objectContaining({ error_code: expect.stringMatching(/^(Unauthorized|error)$/) }),
};

describe.skipIf(found.missing !== undefined)(title, () => {
  let evident: Deployment;
  let host: PrintedHost;
  let login: Body;

  const signIn = async (more: Readonly<Record<string, unknown>> = {}): Promise<Body> => {
    const { status, body } = await call(evident, `${sso}/auth/login`, { json: { ...credentials, ...more } });
    expect(status).toBe(200);
    return body;
  };
  const post = async (path: string, json: unknown): Promise<Body> => {
    const { status, body } = await call(evident, `${sso}${path}`, { token: login.access_token, json });
    expect([path, status]).toEqual([path, 201]);
    return body;
  };
  const runScript = async (name: string, more: Readonly<Record<string, string>> = {}): Promise<Body> => {
    const variables = { IDENTIFIER: credentials.identifier, SECRET: credentials.secret, USSO_BASE_URL: printedUrl };
    const path = join(import.meta.dirname, 'python', name);
    const { exitCode, output, errors } = await host.run(python, [path], { env: { ...variables, ...more } });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    return JSON.parse(output);
  };

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env });
    host = new PrintedHost(evident.url);
    login = await signIn({ register: true });
  });
  afterAll(async () => {
    await host?.remove();
    await evident?.remove();
  });

  describe('in the printed FastAPI app, its imports mended', () => {
    let app: string;
    beforeAll(async () => {
      app = await startFastApi(host, python, fastApiSample, { env: { USSO_BASE_URL: printedUrl } });
    });

    it('grants access to a token, with the roles of the person', async () => {
      await post('/roles', { name: 'Editor', slug: 'editor', scopes: ['update:content'] });
      const assigned = { method: 'PATCH', token: login.access_token, json: { roles: ['editor'] } };
      expect((await call(evident, `${sso}/users/${login.user.id}`, assigned)).status).toBe(200);
      const { access_token: token } = await signIn();
      expect(await ask(app, { authorization: `Bearer ${token}` })).toEqual({
        status: 200,
        body: { message: 'Access granted', user_id: login.user.id, roles: ['editor'] },
      });
      expect((await ask(app, { cookie: `usso-access-token=${token}` })).status).toBe(200);
    });

    it('refuses no token, a tampered one, one made for another app, and a refresh token', async () => {
      const { access_token: foreign } = await signIn({ audience: 'another-app' });
      const [header, , signature] = login.access_token.split('.');
      const tampered = `${header}.${foreign.split('.')[1]}.${signature}`;
      expect(await ask(app)).toEqual(refused);
      for (const bad of [tampered, foreign, login.refresh_token]) {
        expect(await ask(app, { authorization: `Bearer ${bad}` })).toEqual(refused);
      }
    });

    it('refuses a token that has expired', async () => {
      const later = await startFastApi(host, python, fastApiSample, { aheadMs: 3_600_000 });
      expect(await ask(later, { authorization: `Bearer ${login.access_token}` })).toEqual(refused);
    });

    it('asks Evident about an API key, in either header, and refuses one that is none', async () => {
      const agent = await post('/agents', { name: 'Report builder', scopes: ['read:sso/user'] });
      const { key } = await post('/apikeys', { agent_id: agent.id, name: 'Reports' });
      const granted = { status: 200, body: expect.objectContaining({ user_id: agent.id }) };
      expect(await ask(app, { 'x-api-key': key })).toEqual(granted);
      expect(await ask(app, { authorization: `Bearer ${key}` })).toEqual(granted);
      const other = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
      expect(await ask(app, { 'x-api-key': other })).toEqual(refused);
    });
  });

  it('as a client signs in, refreshes, and reads and makes users', async () => {
    expect(await runScript('client_session.py')).toEqual({
      refreshed: true,
      verified: true,
      refresh_token_verified: true,
      same_session: true,
      created: true,
      listed: true,
      identifier_added: 'phone',
      profile: true,
    });
  });

  it('as an asynchronous client refreshes again and again', async () => {
    expect(await runScript('async_client_session.py')).toEqual({ different_tokens: 3, users: 1 });
  });

  it('as a client is an agent, by an API key or by its private key', async () => {
    const agent = await post('/agents', { name: 'Machine', scopes: ['read:sso/user'] });
    const { key } = await post('/apikeys', { agent_id: agent.id, name: 'Machine' });
    const secrets = { KEY: key, AGENT: agent.id, PRIVATE_KEY: agent.private_key };
    expect(await runScript('client_machines.py', secrets)).toEqual({
      key_scopes: ['read:sso/user'],
      key_lists: true,
      agent_scopes: ['read:sso/user'],
      agent_token_verified: true,
      agent_lists: true,
      agent_subject: agent.id,
      by_thumbprint: true,
      wider: 'refused',
      async_agent_lists: true,
    });
  });

  it('as a synchronous client, which never keeps a new refresh token, refreshes again and again without rotation', async () => {
    const second = await startDeployment({ shape: 'main', env: { ...env, REFRESH_ROTATION: 'off' } });
    const secondHost = new PrintedHost(second.url);
    try {
      await call(second, `${sso}/auth/login`, { json: { ...credentials, register: true } });
      const path = join(import.meta.dirname, 'python/client_second_refresh.py');
      const variables = { IDENTIFIER: credentials.identifier, SECRET: credentials.secret };
      const { output, errors } = await secondHost.run(python, [path], { env: variables });
      expect({ output: output.trim(), errors }).toEqual({ output: '[200, 200, 200]', errors: '' });
    } finally {
      await secondHost.remove();
      await second.remove();
    }
  });
});
