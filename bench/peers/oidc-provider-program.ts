import { join } from 'node:path';
import { freePort } from '@evident/testing';
import { agentStatement } from '../../tests/e2e/agent-statement.ts';
import { load } from '../load/load.ts';
import { type PlannedRequest, postJson } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { httpConnections } from '../servers/echo.ts';
import { standalone } from '../servers/standalone.ts';
import { mustBeInstalled } from './better-auth.ts';
import { startPeer } from './peer.ts';

const version = '9.13.3';
const client = { client_id: 'bench', client_secret: 'the secret of the bench client' };
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const server = standalone();

/** With its store in memory, so that nothing of it is durable. */
const provider: Resource<{ url: string; introspect: PlannedRequest }> = async () => {
  mustBeInstalled();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [process.execPath, join(import.meta.dirname, 'oidc-provider.mjs'), `${port}`] as const;
  const { close } = await startPeer([...command], { url, path: '/jwks' });
  const { access_token: token } = await ask(url, '/token', { form: { grant_type: 'client_credentials', ...client } });
  const body = `${new URLSearchParams({ token, ...client })}`;
  return { value: { url, introspect: { method: 'POST', path: '/token/introspection', headers, body } }, close };
};

const agent: Resource<{ private_key: string; kid: string; token: string }> = async ({ use }) => {
  const { url, administrator } = await use(server);
  const { access_token: token } = await ask(url, '/token', { form: administrator });
  const json = { name: 'Bench', scopes: ['read:sso/user'] };
  const value = await ask(url, '/api/sso/v1/agents', { token, json });
  return { value: { ...value, token }, close: () => undefined };
};

/** Each statement of an agent counts once, so each request has one of its own. */
const statementsASecond = 3_000;

export const peerOidcProvider: Program = {
  name: 'peer-oidc-provider',
  measures: `tokens for a machine, each statement proven and recorded, beside oidc-provider ${version} by client secret`,
  unit: 'per second',
  limit: `oidc-provider ${version}, its store in memory, nothing durable`,
  budget: [{ of: 'introspections: Evident / peer', least: 1, isAim: true }],
  async run({ use, seconds }) {
    const [{ url }, robot, theirs] = [await use(server), await use(agent), await use(provider)];
    const plan = { seconds, connections: httpConnections };
    const grant = `${new URLSearchParams({ grant_type: 'client_credentials', ...client })}`;
    const limit = await load({
      ...plan,
      url: theirs.url,
      requests: [{ method: 'POST', path: '/token', headers, body: grant }],
    });
    const requests = Array.from({ length: Math.ceil(seconds * statementsASecond) }, () => ({
      method: 'POST' as const,
      path: '/api/sso/v1/agents/auth',
      headers: { authorization: `Bearer ${agentStatement(robot)}` },
    }));
    const figure = await load({ ...plan, url, requests });
    const verify = postJson('/api/sso/v1/auth/verify-token', { token: robot.token });
    const ours = await load({ ...plan, url, requests: [verify] });
    const introspected = await load({ ...plan, url: theirs.url, requests: [theirs.introspect] });
    return {
      figure: figure.perSecond,
      limit: limit.perSecond,
      also: {
        'introspections, per second': ours.perSecond,
        'introspections of the peer, per second': introspected.perSecond,
        'introspections: Evident / peer': ours.perSecond / introspected.perSecond,
      },
    };
  },
};
