import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { ask, expressSample, startExpress } from './express-sample.ts';
import { PrintedHost, printedUrl } from './printed-host.ts';
import { printedAddress } from './printed-page.ts';

const sso = '/api/sso/v1';
const credentials = { identifier: printedAddress, secret: 'SecurePassword123!' };
const invalid = { status: 401, body: { error: 'Invalid token' } };

/** Unmodified, with the real express, jsonwebtoken and jwks-rsa; it only gets a port to listen on. */
describe('the printed Express sample', () => {
  let evident: Deployment;
  let host: PrintedHost;
  let app: string;
  let token: string;
  let userId: string;

  const signIn = async (more: Readonly<Record<string, unknown>> = {}) => {
    const { status, body } = await call(evident, `${sso}/auth/login`, { json: { ...credentials, ...more } });
    expect(status).toBe(200);
    return body;
  };

  beforeAll(async () => {
    const env = { PUBLIC_URL: printedUrl, BOOTSTRAP_FIRST_USER: 'owner', ALLOWED_AUDIENCES: 'another-app' };
    evident = await startDeployment({ shape: 'main', env });
    host = new PrintedHost(evident.url);
    app = await startExpress(host, expressSample);
    ({
      access_token: token,
      user: { id: userId },
    } = await signIn({ register: true }));
  });
  afterAll(async () => {
    await host?.remove();
    await evident?.remove();
  });

  it('grants access to whoever signed in', async () => {
    expect(await ask(app, bearer(token))).toEqual({
      status: 200,
      body: { message: 'Access granted', user_id: userId, roles: [] },
    });
  });

  it('shows the roles that a person has, from the next sign-in on', async () => {
    const role = { name: 'Editor', slug: 'editor', scopes: ['update:content'] };
    expect((await call(evident, `${sso}/roles`, { token, json: role })).status).toBe(201);
    const assigned = { method: 'PATCH', token, json: { roles: ['editor'] } };
    expect((await call(evident, `${sso}/users/${userId}`, assigned)).status).toBe(200);
    const { access_token: next } = await signIn();
    expect((await ask(app, bearer(next))).body).toMatchObject({ user_id: userId, roles: ['editor'] });
  });

  it('answers 401 without a token', async () => {
    expect(await ask(app)).toEqual({ status: 401, body: { error: 'No token provided' } });
  });

  it('answers 401 to a token that was tampered with, in any of its parts', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const wider = encoded({ ...claims, roles: ['owner'] });
    const turned = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    const unsigned = encoded({ alg: 'none', typ: 'JWT', kid: keyOf(token) });
    for (const bad of [
      `${header}.${wider}.${signature}`,
      `${header}.${payload}.${turned}`,
      `${unsigned}.${payload}.`,
    ]) {
      expect(await ask(app, bearer(bad))).toEqual(invalid);
    }
  });

  it('answers 401 to a token that has expired', async () => {
    const later = await startExpress(host, expressSample, { aheadMs: 3_600_000 });
    expect(await ask(later, bearer(token))).toEqual(invalid);
  });

  it('answers 401 to a token that was made for another app', async () => {
    const { access_token: foreign } = await signIn({ audience: 'another-app' });
    expect(await ask(app, bearer(foreign))).toEqual(invalid);
  });

  it('answers 401 to a token of another signer that names our key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [, payload = ''] = token.split('.');
    const text = `${encoded({ alg: 'ES256', typ: 'JWT', kid: keyOf(token) })}.${payload}`;
    const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    expect(await ask(app, bearer(`${text}.${signature}`))).toEqual(invalid);
  });

  it('answers 401 to a refresh token and to what is no token', async () => {
    const { refresh_token: refresh } = await signIn();
    for (const text of [refresh, 'garbage', 'a.b.c', 'usso_sk_garbage']) {
      expect(await ask(app, bearer(text))).toEqual(invalid);
    }
  });

  it('goes on serving after all that', async () => {
    expect((await ask(app, bearer(token))).status).toBe(200);
  });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function keyOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}
