import { randomUUID } from 'node:crypto';
import type { Deployment, TemporaryLog } from '@evident/testing';
import { until } from '@evident/testing';
import { agentStatement } from '../e2e/agent-statement.ts';
import { type Answer, type Body, type Call, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, uniqueName } from '../e2e/objects.ts';

/** What a call of a route is made with: `send` is the call itself, everything else happens before it. */
export interface RouteStage {
  readonly evident: Deployment;
  /** Of an administrator. */
  readonly token: string;
  readonly opened: TemporaryLog;
  /** The one request whose events are looked at. Its path begins at the root of the server. */
  send(path: string, options?: Call): Promise<Answer>;
}

export type RouteCall = (stage: RouteStage) => Promise<Answer>;

const sso = '/api/sso/v1';

/** A thing that a route of the second contract makes. */
async function made({ evident, token }: RouteStage, path: string, json: object): Promise<Body> {
  const { status, body } = await call(evident, `${sso}${path}`, { token, json });
  if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}
const user = ({ evident, token }: RouteStage) => createUser(evident, token);
const app = ({ evident, token }: RouteStage) => createApp(evident, token);
const role = (stage: RouteStage) => made(stage, '/roles', { name: uniqueName(), scopes: ['read:content'] });
const workspace = (stage: RouteStage) => made(stage, '/workspaces', { name: uniqueName() });
const agent = (stage: RouteStage) => made(stage, '/agents', { name: uniqueName(), scopes: ['read:sso/user'] });
const apiKey = (stage: RouteStage) => made(stage, '/apikeys', { name: 'key', scopes: ['read:sso/user'] });
const webhook = async ({ evident, token }: RouteStage) =>
  (await call(evident, '/ops/webhooks', { token, json: { url: 'https://hooks.example.com/', types: ['user.*'] } }))
    .body;

async function session({ evident }: RouteStage, { username, password }: NewUser): Promise<Body> {
  return (await call(evident, `${sso}/auth/login`, { json: { identifier: username, secret: password } })).body;
}
async function signedIn(stage: RouteStage): Promise<{ person: NewUser; session: Body }> {
  const person = await user(stage);
  return { person, session: await session(stage, person) };
}
async function assigned(stage: RouteStage) {
  const [person, tool] = [await user(stage), await app(stage)];
  const path = `/users/${person.body.id}/assign/${tool.body.id}`;
  await call(stage.evident, path, { token: stage.token, method: 'POST' });
  return { person, tool, path };
}

/** A cookie counts only for a page of this server. */
const fromPage = (cookie: string) => ({ headers: { cookie, 'sec-fetch-site': 'same-origin' } });

/** An event that no projection of users can apply: as a newer program would write it. */
async function parkedEvent(stage: RouteStage): Promise<string> {
  const { evident, token, opened } = stage;
  const { body } = await user(stage);
  const id = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: Date.now() };
  await opened.log.store.append(
    `user-main.${body.uid}`,
    [{ id, type: 'user.limited', schema: 99, data: {}, metadata }],
    'any',
  );
  const isParked = async () => {
    const parked = (await call(evident, '/ops/projections/users/parked', { token })).body;
    return Array.isArray(parked) && parked.some((each: { id: string }) => each.id === id) ? true : undefined;
  };
  await until(isParked, { what: 'the parked event' });
  return id;
}

const admin = (stage: RouteStage, path: string, method: string, json?: object) =>
  stage.send(path, { token: stage.token, method, ...(json === undefined ? {} : { json }) });
const issueKey =
  (path: string): RouteCall =>
  (stage) =>
    admin(stage, `${sso}/${path}`, 'POST', { name: 'key', scopes: ['read:sso/user'] });
const revokeKey =
  (path: string): RouteCall =>
  async (stage) =>
    admin(stage, `${sso}/${path}/${(await apiKey(stage)).uid}`, 'DELETE');

const password = () => `password ${randomUUID()}`;

/** One valid call of each route that changes something, by the name of its operation in /openapi.json. */
export const routeCalls: Readonly<Record<string, RouteCall>> = {
  token: ({ send, evident }) => send('/token', { form: evident.administrator }),
  async verify(stage) {
    const { person, tool } = await assigned(stage);
    const { username, password: secret } = person;
    return stage.send('/verify', { json: { username, password: secret, api_key: tool.body.api_key } });
  },
  createUser: (stage) => {
    const username = uniqueName();
    return admin(stage, '/users/', 'POST', { username, email: `${username}@example.com`, password: password() });
  },
  updateUser: async (stage) => admin(stage, `/users/${(await user(stage)).body.id}`, 'PUT', { is_active: false }),
  deleteUser: async (stage) => admin(stage, `/users/${(await user(stage)).body.id}`, 'DELETE'),
  async assignApp(stage) {
    const [person, tool] = [await user(stage), await app(stage)];
    return admin(stage, `/users/${person.body.id}/assign/${tool.body.id}`, 'POST');
  },
  unassignApp: async (stage) => admin(stage, (await assigned(stage)).path, 'DELETE'),
  createApp: (stage) => admin(stage, '/apps/', 'POST', { name: 'Wiki', url: 'https://wiki.example.com' }),
  updateApp: async (stage) => admin(stage, `/apps/${(await app(stage)).body.id}`, 'PUT', { name: 'Docs' }),
  deleteApp: async (stage) => admin(stage, `/apps/${(await app(stage)).body.id}`, 'DELETE'),
  rotateAppKey: async (stage) => admin(stage, `/apps/${(await app(stage)).body.id}/rotate-key`, 'POST', {}),

  ssoRegister: ({ send }) => send(`${sso}/auth/register`, { json: { identifier: uniqueName(), secret: password() } }),
  async ssoLogin(stage) {
    const { username, password: secret } = await user(stage);
    return stage.send(`${sso}/auth/login`, { json: { identifier: username, secret } });
  },
  async ssoRefresh(stage) {
    const { refresh_token } = (await signedIn(stage)).session;
    return stage.send(`${sso}/auth/refresh`, { json: { refresh_token } });
  },
  async ssoRefreshByCookie(stage) {
    const { refresh_token } = (await signedIn(stage)).session;
    return stage.send(`${sso}/auth/refresh`, fromPage(`usso-refresh-token=${refresh_token}`));
  },
  async ssoLogout(stage) {
    const { access_token: token } = (await signedIn(stage)).session;
    return stage.send(`${sso}/auth/logout`, { token, json: {} });
  },
  async ssoLogoutByGet(stage) {
    const { refresh_token } = (await signedIn(stage)).session;
    return stage.send(`${sso}/auth/logout`, fromPage(`usso-refresh-token=${refresh_token}`));
  },
  async ssoChangePassword(stage) {
    const { person, session: own } = await signedIn(stage);
    const json = { old_password: person.password, new_password: password() };
    return stage.send(`${sso}/auth/password`, { token: own.access_token, json });
  },
  async ssoEndSession(stage) {
    const { session: own } = await signedIn(stage);
    const token = own.access_token;
    const { items } = (await call(stage.evident, `${sso}/sessions`, { token })).body;
    return stage.send(`${sso}/sessions/${items[0].id}`, { token, method: 'DELETE' });
  },
  async ssoEndSessions(stage) {
    const { session: own } = await signedIn(stage);
    return stage.send(`${sso}/sessions`, { token: own.access_token, method: 'DELETE' });
  },

  ssoCreateUser: (stage) =>
    admin(stage, `${sso}/users`, 'POST', { identifier: `${uniqueName()}@example.com`, password: password() }),
  ssoUpdateUser: async (stage) =>
    admin(stage, `${sso}/users/${(await user(stage)).body.uid}`, 'PATCH', { name: 'J. Doe' }),
  ssoDeleteUser: async (stage) => admin(stage, `${sso}/users/${(await user(stage)).body.uid}`, 'DELETE'),
  ssoAddCredential: async (stage) =>
    admin(stage, `${sso}/users/${(await user(stage)).body.uid}/credentials`, 'POST', { secret: password() }),
  async ssoRemoveCredential(stage) {
    const path = `${sso}/users/${(await user(stage)).body.uid}/credentials`;
    const { items } = (await call(stage.evident, path, { token: stage.token })).body;
    return admin(stage, `${path}/${items[0].id}`, 'DELETE');
  },
  ssoAddIdentifier: async (stage) =>
    admin(stage, `${sso}/users/${(await user(stage)).body.uid}/identifiers`, 'POST', {
      identifier: `${uniqueName()}@example.com`,
    }),
  async ssoUpdateIdentifier(stage) {
    const path = `${sso}/users/${(await user(stage)).body.uid}/identifiers`;
    const json = { identifier: `${uniqueName()}@example.com` };
    const { body } = await call(stage.evident, path, { token: stage.token, json });
    return admin(stage, `${path}/${body.id}`, 'PATCH', { is_primary: true });
  },
  async ssoRemoveIdentifier(stage) {
    const path = `${sso}/users/${(await user(stage)).body.uid}/identifiers`;
    const json = { identifier: `${uniqueName()}@example.com` };
    const { body } = await call(stage.evident, path, { token: stage.token, json });
    return admin(stage, `${path}/${body.id}`, 'DELETE');
  },
  ssoCreateProfile: async (stage) =>
    admin(stage, `${sso}/profiles`, 'POST', {
      user_id: (await user(stage)).body.uid,
      profile_data: { city: 'London' },
    }),
  async ssoUpdateOwnProfile(stage) {
    const { session: own } = await signedIn(stage);
    const json = { profile_data: { city: 'London' } };
    return stage.send(`${sso}/profiles/mine`, { token: own.access_token, method: 'PATCH', json });
  },
  ssoUpdateProfile: async (stage) =>
    admin(stage, `${sso}/profiles/${(await user(stage)).body.uid}`, 'PATCH', { profile_data: { city: 'London' } }),

  ssoCreateRole: (stage) => admin(stage, `${sso}/roles`, 'POST', { name: uniqueName(), scopes: ['read:content'] }),
  ssoUpdateRole: async (stage) =>
    admin(stage, `${sso}/roles/${(await role(stage)).uid}`, 'PATCH', { scopes: ['write:content'] }),
  ssoDeleteRole: async (stage) => admin(stage, `${sso}/roles/${(await role(stage)).uid}`, 'DELETE'),
  ssoCreateWorkspace: (stage) => admin(stage, `${sso}/workspaces`, 'POST', { name: uniqueName() }),
  ssoUpdateWorkspace: async (stage) =>
    admin(stage, `${sso}/workspaces/${(await workspace(stage)).uid}`, 'PATCH', { name: uniqueName() }),
  ssoDeleteWorkspace: async (stage) => admin(stage, `${sso}/workspaces/${(await workspace(stage)).uid}`, 'DELETE'),
  ssoAddMember: async (stage) =>
    admin(stage, `${sso}/workspaces/${(await workspace(stage)).uid}/members`, 'POST', {
      user_id: (await user(stage)).body.uid,
    }),
  async ssoRemoveMember(stage) {
    const [{ uid }, person] = [await workspace(stage), await user(stage)];
    await made(stage, `/workspaces/${uid}/members`, { user_id: person.body.uid });
    return admin(stage, `${sso}/workspaces/${uid}/members/${person.body.uid}`, 'DELETE');
  },

  ssoCreateAgent: (stage) => admin(stage, `${sso}/agents`, 'POST', { name: uniqueName(), scopes: ['read:sso/user'] }),
  ssoUpdateAgent: async (stage) =>
    admin(stage, `${sso}/agents/${(await agent(stage)).uid}`, 'PATCH', { is_active: false }),
  ssoDeleteAgent: async (stage) => admin(stage, `${sso}/agents/${(await agent(stage)).uid}`, 'DELETE'),
  ssoAgentAuth: async (stage) =>
    stage.send(`${sso}/agents/auth`, { method: 'POST', token: agentStatement(await agent(stage)) }),
  ssoAgentScopes: async (stage) =>
    stage.send(`${sso}/agents/scopes`, { method: 'POST', token: agentStatement(await agent(stage)) }),
  ssoCreateApiKey: issueKey('apikeys'),
  ssoDeleteApiKey: revokeKey('apikeys'),
  ssoCreateApiKeyAlias: issueKey('api-keys'),
  ssoDeleteApiKeyAlias: revokeKey('api-keys'),

  async undoChanges(stage) {
    const correlation = randomUUID();
    const { body } = await user(stage);
    const request = { token: stage.token, method: 'PUT', headers: { 'x-request-id': correlation } };
    await call(stage.evident, `/users/${body.id}`, { ...request, json: { is_active: false } });
    return admin(stage, '/audit/undo', 'POST', { correlation, apply: true });
  },
  erasePerson: async (stage) => admin(stage, `/ops/people/user:${(await user(stage)).body.uid}`, 'DELETE'),
  rebuildProjection: (stage) => admin(stage, '/ops/projections/workspaces/rebuild', 'POST'),
  retryParked: async (stage) => admin(stage, `/ops/projections/users/parked/${await parkedEvent(stage)}/retry`, 'POST'),
  discardParked: async (stage) =>
    admin(stage, `/ops/projections/users/parked/${await parkedEvent(stage)}/discard`, 'POST'),
  rotateSigningKeys: (stage) => admin(stage, '/ops/signing-keys/rotate', 'POST', { uses: ['access'] }),
  createWebhook: (stage) =>
    admin(stage, '/ops/webhooks', 'POST', { url: 'https://hooks.example.com/', types: ['user.*'] }),
  changeWebhook: async (stage) =>
    admin(stage, `/ops/webhooks/${(await webhook(stage)).id}`, 'PATCH', { types: ['app.*'] }),
  removeWebhook: async (stage) => admin(stage, `/ops/webhooks/${(await webhook(stage)).id}`, 'DELETE'),
  replayWebhook: async (stage) =>
    admin(stage, `/ops/webhooks/${(await webhook(stage)).id}/replay`, 'POST', { from: 'start' }),
  pauseWebhook: async (stage) => admin(stage, `/ops/webhooks/${(await webhook(stage)).id}/pause`, 'POST'),
  async resumeWebhook(stage) {
    const { id } = await webhook(stage);
    await call(stage.evident, `/ops/webhooks/${id}/pause`, { token: stage.token, method: 'POST' });
    return admin(stage, `/ops/webhooks/${id}/resume`, 'POST');
  },
};

/** Routes of a changing method that change nothing, and so leave no event. */
export const changesNothing: Readonly<Record<string, string>> = {
  ssoVerifyToken: 'says whether a token counts',
  ssoVerifyApiKey: 'says whether a key counts, and what it allows',
  ssoVerifyApiKeyAlias: 'says whether a key counts, and what it allows',
  verifyProjection: 'compares rows with the log, in a copy that is thrown away',
};

/** Routes that change something though they are asked with GET: links and images of pages cannot send anything else. */
export const changesByGet: readonly string[] = ['ssoRefreshByCookie', 'ssoLogoutByGet'];
