import { type Deployment, isMissing, startDeployment, startNatsServer, until } from '@evident/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLog } from '../crash/observed.ts';
import { adminToken, type Body, call, claimsIn } from './http.ts';
import { createApp, createUser } from './objects.ts';

const tenant = 'acme';
const sso = '/api/sso/v1';
const nats = await startNatsServer();
const noFeed = isMissing(nats) ? ` (skipped: ${nats.missing})` : '';

/** A tenant is a name, and nothing may take it for granted (design.md, section 17). */
describe('a deployment of a tenant that is not called main', () => {
  let evident: Deployment;
  let token: string;
  let listener: NatsConnection | undefined;
  const subjects: string[] = [];

  beforeAll(async () => {
    const feed = isMissing(nats) ? {} : { NATS_URL: nats.url };
    const env = { TENANT: tenant, ARGON2_MEMORY_KIB: '64', ARGON2_PASSES: '1', ...feed };
    if (!isMissing(nats)) {
      listener = await connect({ servers: nats.url });
      listener.subscribe('evident.>', { callback: (_, { subject }) => void subjects.push(subject) });
    }
    evident = await startDeployment({ shape: 'main', env });
    token = await adminToken(evident);
  });
  afterAll(async () => {
    await evident?.remove();
    await listener?.close();
    if (!isMissing(nats)) await nats.stop();
  });

  const sent = async (method: string, path: string, json: object = {}): Promise<Body> => {
    const { status, body } = await call(evident, path, { method, token, json });
    expect([method, path, status < 300 ? 'done' : [status, body]]).toEqual([method, path, 'done']);
    return body;
  };

  it('serves both contracts, and each object and token says whose it is', async () => {
    const { body: app } = await createApp(evident, token);
    const user = await createUser(evident, token);
    await sent('POST', `/users/${user.body.id}/assign/${app.id}`);
    const { username, password } = user;
    const verified = await call(evident, '/verify', { json: { username, password, api_key: app.api_key } });
    expect(verified.body).toMatchObject({ authorized: true });
    const { body: session } = await call(evident, `${sso}/auth/login`, {
      json: { identifier: username, secret: password },
    });
    const refreshed = await call(evident, `${sso}/auth/refresh`, { json: { refresh_token: session.refresh_token } });
    const role = await sent('POST', `${sso}/roles`, { name: 'Editor', scopes: ['read:wiki'] });
    const workspace = await sent('POST', `${sso}/workspaces`, { name: 'Team' });
    await sent('POST', `${sso}/workspaces/${workspace.id}/members`, { user_id: user.body.uid, roles: [role.slug] });
    const agent = await sent('POST', `${sso}/agents`, { name: 'Robot', scopes: ['read:sso/user'] });
    const key = await sent('POST', `${sso}/apikeys`, { agent_id: agent.id, name: 'key' });
    expect((await call(evident, '/users/', { headers: { 'x-api-key': key.key } })).body).toHaveLength(2);
    const { body: listed } = await call(evident, `${sso}/users`, { token });
    for (const one of [role, workspace, agent, key, session.user, ...listed.items]) expect(one.tenant_id).toBe(tenant);
    for (const issued of [token, session.access_token, session.refresh_token, refreshed.body.access_token]) {
      expect(claimsIn(issued).tenant_id).toBe(tenant);
    }
  });

  it('has every stream and every event of its log under that name', async () => {
    const events = await readLog(`${evident.dataDir}/events.db`);
    expect(events.length).toBeGreaterThan(30);
    const foreign = events.filter(
      (event) => !/^[a-z]+-acme(\.|$)/.test(event.stream) || event.metadata.tenant !== tenant,
    );
    expect(foreign.map(({ stream, type }) => [stream, type])).toEqual([]);
  });

  it('says so of each event that is asked for', async () => {
    const { body } = await call(evident, '/events?limit=1000', { token });
    expect(body.events.length).toBeGreaterThan(30);
    expect(new Set(body.events.map(({ source }: Body) => source))).toEqual(new Set([`/tenants/${tenant}`]));
  });

  it.skipIf(isMissing(nats))(`publishes under that name alone${noFeed}`, async () => {
    await until(() => subjects.length > 30 || undefined, { what: 'the feed' });
    expect(subjects.filter((subject) => !subject.startsWith(`evident.events.${tenant}.`))).toEqual([]);
  });
});
