import { undoRules } from '@evident/evidence';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident as commandLine } from '../cli/evident.ts';
import { adminToken, type Body, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, uniqueName } from '../e2e/objects.ts';

const sso = '/api/sso/v1';

let server: Deployment;
/** Of the first administrator, who prepares and undoes; and of the one whose hour it is. */
let token: string;
let theirs: string;
let them: NewUser;

beforeAll(async () => {
  server = await startDeployment({ shape: 'main', env: { RATE_LIMIT: 'off' } });
  token = await adminToken(server);
  them = await createUser(server, token, { is_admin: true });
  const json = { identifier: them.username, secret: them.password };
  theirs = (await call(server, `${sso}/auth/login`, { json })).body.access_token;
});
afterAll(() => server?.remove());

/** A request that must succeed. */
async function ask(as: string, method: string, path: string, json?: object): Promise<Body> {
  const { status, body } = await call(server, path, { token: as, method, ...(json === undefined ? {} : { json }) });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Everything that stands before the hour begins: two of what can be on or off, so that both are turned. */
async function prepare() {
  const people = await Promise.all(Array.from({ length: 4 }, () => createUser(server, token)));
  const [uids, numbers] = [people.map(({ body }) => body.uid), people.map(({ body }) => body.id)];
  const apps = (await Promise.all([1, 2, 3].map(() => createApp(server, token)))).map(({ body }) => body);
  const make = (kind: string, json: object) => ask(token, 'POST', `${sso}/${kind}`, { name: uniqueName(), ...json });
  const roles = [await make('roles', { scopes: ['read:content'] }), await make('roles', { scopes: [] })];
  const workspaces = [await make('workspaces', {}), await make('workspaces', {})];
  const agents = [await make('agents', { scopes: [] }), await make('agents', { scopes: [] })];
  const hook = { url: 'https://127.0.0.1:9/', types: ['user.*'] };
  const webhooks = [await ask(token, 'POST', '/ops/webhooks', hook), await ask(token, 'POST', '/ops/webhooks', hook)];
  await ask(token, 'PUT', `/users/${numbers[1]}`, { is_active: false });
  await ask(token, 'PUT', `/users/${numbers[1]}`, { is_admin: true });
  await ask(token, 'POST', `/users/${numbers[1]}/assign/${apps[1]?.id}`);
  await ask(token, 'PATCH', `${sso}/users/${uids[1]}`, {
    ...{ name: 'Before', roles: [roles[1]?.uid], workspace_ids: [workspaces[1]?.uid], is_limited: true },
    ...{ avatar_url: 'https://x.example.com/before', custom_claims: { team: 'before' }, scopes: ['read:content'] },
  });
  await ask(token, 'PATCH', `${sso}/profiles/${uids[1]}`, { profile_data: { city: 'London' } });
  await ask(token, 'PUT', `/apps/${apps[1]?.id}`, { is_active: false });
  await ask(token, 'PATCH', `${sso}/agents/${agents[1]?.uid}`, { is_active: false });
  await ask(token, 'POST', `/ops/webhooks/${webhooks[1]?.id}/pause`);
  return { uids, numbers, apps, roles, workspaces, agents, webhooks };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** What they do in the hour; some of it twice, and some things as they come one upon the other. */
async function theHour({ uids, numbers, apps, roles, workspaces, agents, webhooks }: Prepared): Promise<void> {
  const change = (method: string, path: string, json?: object) => ask(theirs, method, path, json);
  const [first, second, third, fourth] = uids;
  await change('PUT', `/users/${numbers[0]}`, { is_active: false });
  await change('PUT', `/users/${numbers[1]}`, { is_active: true });
  await change('PUT', `/users/${numbers[0]}`, { is_admin: true });
  await change('PUT', `/users/${numbers[1]}`, { is_admin: false });
  await change('PATCH', `${sso}/users/${third}`, { activation_status: 'banned' });
  await change('POST', `/users/${numbers[0]}/assign/${apps[0]?.id}`);
  await change('DELETE', `/users/${numbers[1]}/assign/${apps[1]?.id}`);
  await change('PATCH', `${sso}/users/${first}`, {
    roles: [roles[0]?.uid],
    is_limited: true,
    scopes: ['write:content'],
  });
  await change('PATCH', `${sso}/users/${second}`, { roles: [], is_limited: false, scopes: [], workspace_ids: [] });
  await change('PATCH', `${sso}/users/${second}`, { name: 'Within', custom_claims: { team: 'within' } });
  await change('PATCH', `${sso}/users/${second}`, { name: 'After', avatar_url: 'https://x.example.com/after' });
  await change('PATCH', `${sso}/profiles/${second}`, { profile_data: { city: 'Berlin', street: 'A' } });
  const members = `${sso}/workspaces/${workspaces[0]?.uid}/members`;
  await change('POST', members, { user_id: fourth, roles: [roles[0]?.uid] });
  await change('POST', members, { user_id: fourth, roles: [roles[1]?.uid] });
  const { body: maker } = await createUser(server, theirs);
  await change('PUT', `/apps/${apps[0]?.id}`, { name: 'Renamed', url: 'https://renamed.example.com' });
  await change('PUT', `/apps/${apps[1]?.id}`, { is_active: true });
  await change('PUT', `/apps/${apps[2]?.id}`, { is_active: false });
  const { body: app } = await createApp(server, theirs);
  await change('POST', `/users/${maker.id}/assign/${app.id}`);
  await change('PATCH', `${sso}/roles/${roles[0]?.uid}`, { scopes: ['write:content'], name: uniqueName() });
  const role = await change('POST', `${sso}/roles`, { name: uniqueName(), scopes: ['read:content'] });
  await change('PATCH', `${sso}/users/${fourth}`, { roles: [role.uid] });
  await change('PATCH', `${sso}/workspaces/${workspaces[0]?.uid}`, { name: uniqueName(), settings: { theme: 'dark' } });
  const workspace = await change('POST', `${sso}/workspaces`, { name: uniqueName() });
  await change('POST', `${sso}/workspaces/${workspace.uid}/members`, { user_id: first });
  await change('PATCH', `${sso}/agents/${agents[0]?.uid}`, { scopes: ['read:content'], name: uniqueName() });
  await change('PATCH', `${sso}/agents/${agents[0]?.uid}`, { is_active: false });
  await change('PATCH', `${sso}/agents/${agents[1]?.uid}`, { is_active: true });
  await change('POST', `${sso}/agents`, { name: uniqueName(), scopes: [] });
  await change('PATCH', `/ops/webhooks/${webhooks[0]?.id}`, { types: ['app.*'] });
  await change('POST', `/ops/webhooks/${webhooks[0]?.id}/pause`);
  await change('POST', `/ops/webhooks/${webhooks[1]?.id}/resume`);
  await change('POST', '/ops/webhooks', { url: 'https://127.0.0.1:9/', types: ['role.*'] });
}

const audit = async (path: string) => ask(token, 'GET', `/audit${path}`);
const subjectsOf = ({ uids, apps, roles, workspaces, agents, webhooks }: Prepared): string[] => {
  const named = (kind: string, things: readonly Body[]) => things.map(({ uid, id }) => `${kind}:${uid ?? id}`);
  const people = uids.map((uid) => `user:${uid}`);
  return [
    ...people,
    ...named('app', apps),
    ...named('role', roles),
    ...named('workspace', workspaces),
    ...named('service', agents),
    ...named('webhook', webhooks),
  ];
};

/** All that anybody can see of the deployment: each state, and each list; times aside. */
async function everything(prepared: Prepared): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const subject of subjectsOf(prepared)) seen[subject] = (await audit(`/state/${subject}`)).state;
  for (const path of [
    '/users/',
    '/apps/',
    '/ops/webhooks',
    ...['users', 'roles', 'workspaces', 'agents'].map((kind) => `${sso}/${kind}`),
  ]) {
    seen[path] = withoutTimes(await ask(token, 'GET', path));
  }
  seen.access = await Promise.all(
    prepared.apps.map(async ({ id }: Body) => (await audit(`/access?app=${id}`)).access.map(({ user }: Body) => user)),
  );
  return seen;
}

/** Times, and what the deliveries of webhooks come to meanwhile, which are nobody's change. */
const times = new Set([
  ...['created_at', 'updated_at', 'last_used_at', 'createdAt', 'nextAttemptAt'],
  ...['position', 'delivered', 'failures', 'lastError'],
]);
function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([member]) => !times.has(member));
  return Object.fromEntries(members.map(([member, each]) => [member, withoutTimes(each)]));
}

describe('an administrator’s hour', () => {
  it('with every kind of change that can be undone is brought back by the undo of who made it', async () => {
    const prepared = await prepare();
    const before = await everything(prepared);
    const actor = `user:${them.body.uid}`;
    const from = (await audit('/events?order=desc&limit=1')).events[0].position;
    await theHour(prepared);
    const { events } = await audit(`/events?actor=${actor}&from=${from}&limit=1000`);
    const to = events.at(-1).position;
    expect(await everything(prepared)).not.toEqual(before);

    const kinds = new Set<string>(events.map(({ type }: Body) => type));
    const undoable = Object.entries(undoRules).filter(([, { kind }]) => kind !== 'cannot' && kind !== 'consequence');
    expect(undoable.length).toBeGreaterThanOrEqual(20);
    expect(undoable.map(([type]) => type).filter((type) => !kinds.has(type))).toEqual([]);

    const undo = async (...more: string[]) => {
      const line = ['audit', 'undo', '--url', server.url, '--actor', actor, '--from', from, '--to', to, '--json'];
      return commandLine([...line, ...more], { env: { EVIDENT_TOKEN: token } });
    };
    const planned = JSON.parse((await undo()).out);
    expect(planned.steps.filter(({ standing }: Body) => standing !== 'ready' && standing !== 'cannot')).toEqual([]);
    // An undo that runs out of time is run again, and goes on.
    for (let tries = 1; ; tries += 1) {
      expect(tries).toBeLessThan(20);
      const { code, out, err } = await undo('--apply');
      const undone = JSON.parse(out);
      expect(
        undone.steps.filter(({ outcome }: Body) => outcome !== null && outcome !== 'done'),
        err,
      ).toEqual([]);
      if (!undone.complete) continue;
      expect(code).toBe(0);
      break;
    }
    expect(await everything(prepared)).toEqual(before);

    const ids = new Set(events.map(({ id }: Body) => id));
    const { events: since } = await audit(`/events?from=${to}&limit=1000`);
    const undoing = since.filter(({ causationid }: Body) => ids.has(causationid));
    expect(undoing.length).toBeGreaterThanOrEqual(20);
    for (const { actor: by } of undoing) expect(by).not.toBe(actor);
    // Once more there is nothing left to do, and nothing is done.
    const head = (await audit('/events?order=desc&limit=1')).events[0].position;
    await undo('--apply');
    expect((await audit('/events?order=desc&limit=1')).events[0].position).toBe(head);
  });
});
