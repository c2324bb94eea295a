import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSigned } from '@evident/evidence';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { adminToken, type Body, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, verify } from '../e2e/objects.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { type Moved, move } from './moved-deployment.ts';

const env = { SEAL_EVERY: '1', WEBHOOK_LOOPBACK: 'on' };
const erased = { username: 'zebulonquartz', email: 'zebulon.quartz@vexing.example', password: 'a good password' };

let folder: string;
let original: Deployment;
let moved: Moved;
let receiver: Server;
const received: string[] = [];
/** From before: a token, a position, an event with its proof, and what was read. */
let token: string;
let position: string;
let user: NewUser;
let apiKey: string;
let gone: Body;
let webhook: Body;
let sealed: { readonly event: Body; readonly proof: Body };
let before: { readonly users: Body; readonly history: Body };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-migrated-'));
  receiver = createServer((request, response) => {
    request.on('data', (chunk) => received.push(JSON.parse(String(chunk)).id));
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  original = await startDeployment({ shape: 'main', env });
  token = await adminToken(original);
  await live();
  moved = await move(original, env);
}, 120_000);
afterAll(async () => {
  receiver?.close();
  await moved?.deployment.remove();
  await original?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A deployment in use: people, an app, a webhook that has come so far, somebody erased, seals. */
async function live(): Promise<void> {
  user = await createUser(original, token);
  const app = (await createApp(original, token)).body;
  apiKey = app.api_key;
  const assigned = await call(original, `/users/${user.body.id}/assign/${app.id}`, { token, method: 'POST' });
  position = assigned.headers.get('x-evident-position') ?? '';
  gone = (await call(original, '/users/', { token, json: erased })).body;
  const { port } = receiver.address() as AddressInfo;
  const json = { url: `http://127.0.0.1:${port}/`, types: ['app.registered'], after: position };
  webhook = (await call(original, '/ops/webhooks', { token, json })).body;
  await createApp(original, token);
  await until(async () => (received.length >= 1 ? true : undefined), { what: 'a delivery' });
  await call(original, `/ops/people/user:${gone.uid}`, { token, method: 'DELETE' });
  const { body } = await call(original, '/audit/events?type=user.registered&order=asc&limit=2', { token });
  const event = body.events.at(-1);
  const proof = await until(() => proofOf(original, event.id), { what: 'a seal over a registration' });
  sealed = { event, proof };
  writeFileSync(join(folder, 'seals.json'), JSON.stringify((await call(original, '/audit/log/seals', { token })).body));
  before = {
    users: (await call(original, '/users/', { token })).body,
    history: (await call(original, `/audit/history/user:${user.body.uid}`, { token })).body.changes,
  };
}

/** Of an event, once a seal covers it. */
async function proofOf(deployment: Deployment, eventId: string): Promise<Body | undefined> {
  const { status, body } = await call(deployment, `/audit/log/proof/${eventId}`, { token });
  return status === 200 ? body : undefined;
}

const ask = (path: string, more: Parameters<typeof call>[2] = {}) => call(moved.deployment, path, { token, ...more });

describe('a deployment on a migrated log', () => {
  it('takes the tokens, keys and passwords of before, and shows the same', async () => {
    expect((await ask('/users/')).body).toEqual(before.users);
    expect((await verify(moved.deployment, user, apiKey)).body).toMatchObject({ authorized: true });
    const { changes } = (await ask(`/audit/history/user:${user.body.uid}`)).body;
    expect(changes).toHaveLength(before.history.length);
    for (const [at, { event, ...change }] of changes.entries()) {
      const { position: stood, ...then } = before.history[at].event;
      const { position: stands, originposition, ...now } = event;
      expect([now, change, originposition]).toEqual([then, { ...change }, stood]);
      expect(stands.startsWith(`${moved.migrated.to.logId}~`)).toBe(true);
    }
    expect((await createUser(moved.deployment, token)).body.id).toBeGreaterThan(gone.id);
  });

  it('tells whoever comes with a position of before that the log changed, and never "caught up"', async () => {
    expect(position.startsWith(`${moved.migrated.from.logId}~`)).toBe(true);
    const asked = encodeURIComponent(position);
    const answers = await Promise.all([
      ask(`/events?after=${asked}`),
      ask('/events', { headers: { accept: 'text/event-stream', 'last-event-id': position } }),
      ask(`/events?after=${asked}`, { headers: { accept: 'text/event-stream' } }),
      ask(`/audit/events?after=${asked}`),
      ask(`/audit/replay?from=${asked}`),
      ask(`/audit/state/user:${user.body.uid}?at=${asked}`),
      ask('/users/', { headers: { 'x-evident-min-position': position } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 410));
    for (const { body } of answers.slice(0, -1)) expect(body).toMatchObject({ code: 'log-changed' });
    expect(answers.at(-1)?.body.detail).toBe('The position is of another log');
  });

  it('says of each event where it stood, so that who remembers a position can find their place', async () => {
    const { events } = (await ask('/events?limit=1000')).body;
    const stood = events.findIndex(({ originposition }: Body) => originposition === position);
    expect(events[stood]?.type).toBe('user.app-assigned');
    const { body } = await ask(`/events?after=${encodeURIComponent(events[stood].position)}&limit=1`);
    expect(body.events[0].id).toBe(events[stood + 1].id);
  });

  it('holds the seals of before: the log verifies with them, and an old proof is the new one', async () => {
    const { body } = await ask(`/audit/log/proof/${sealed.event.id}`);
    const { position: stands, ...proof } = body;
    const { position: stood, ...same } = sealed.proof;
    expect(proof).toEqual(same);
    expect([stood, isSigned('main', proof.seal)]).toEqual([sealed.event.position, true]);
    expect(stands).not.toBe(stood);
    const kept = ['--seals', join(folder, 'seals.json')];
    for (const more of [[], kept]) {
      const line = ['audit', 'verify-log', '--data-dir', moved.deployment.dataDir, '--json', ...more];
      const { code, out } = await evident(line);
      expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, ok: true });
    }
  });

  it('goes on sealing where it stopped', async () => {
    const { seals } = JSON.parse(readFileSync(join(folder, 'seals.json'), 'utf8'));
    await createUser(moved.deployment, token);
    const [event] = (await ask('/audit/events?type=user.registered&order=desc&limit=1')).body.events;
    const { seal } = await until(() => proofOf(moved.deployment, event.id), { what: 'a seal over who came since' });
    expect(seal.number).toBeGreaterThan(Math.max(...seals.map(({ number }: Body) => number)));
    const { code } = await evident(['audit', 'verify-log', '--data-dir', moved.deployment.dataDir]);
    expect(code).toBe(0);
  });

  it('has nothing of a person who was erased, and makes them no new key', async () => {
    expect((await ask(`/users/${gone.id}`)).status).toBe(404);
    const text = JSON.stringify((await ask(`/audit/history/user:${gone.uid}`)).body);
    expect(text).toContain('"erased"');
    const content = readdirSync(moved.deployment.dataDir).map((name) =>
      readFileSync(join(moved.deployment.dataDir, name)).toString('latin1').toLowerCase(),
    );
    for (const needle of ['zebulon', 'vexing'])
      expect(text.toLowerCase().includes(needle) || content.some((file) => file.includes(needle))).toBe(false);
    const list = join(folder, 'erasures.txt');
    expect((await evident(['person', 'erasures', list, '--data-dir', moved.deployment.dataDir])).code).toBe(0);
    expect(readFileSync(list, 'utf8')).toContain(gone.uid);
  });

  it('has webhooks go on, from the copy of the event that they began after', async () => {
    const [first] = received;
    await expect.poll(() => received.filter((id) => id === first).length, { timeout: 20_000 }).toBe(2);
    const { webhooks } = (await ask('/ops/webhooks')).body;
    expect(webhooks.map(({ id }: { id: string }) => id)).toContain(webhook.id);
    await createApp(moved.deployment, token);
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(3);
  });
});

describe('the rows of before', () => {
  it('are thrown away and built anew where they lie beside the copy; webhooks go on where they were', async () => {
    await moved.deployment.stop();
    const beside = join(moved.deployment.dataDir, 'beside.db');
    const line = ['migrate', '--data-dir', moved.deployment.dataDir, '--to', `sqlite:${beside}`];
    expect(await evident(line)).toMatchObject({ code: 0, err: '' });
    const count = received.length;
    const again = await moved.deployment.restart({ EVENT_STORE_URL: `sqlite:${beside}` });
    await untilReady(again);
    const listed = await call(again, '/users/', { token: await adminToken(again) });
    expect(listed.body.slice(0, before.users.length)).toEqual(before.users);
    const app = await createApp(again, await adminToken(again));
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(count + 1);
    expect(app.body.id).toBeGreaterThan(0);
    await again.stop();
  });
});
