import { createHmac, randomUUID } from 'node:crypto';
import { streams, type WebhookCommand, webhookDecider } from '@evident/domain';
import { type Position, runCommand } from '@evident/event-store';
import { silentLogger } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReadModel } from '../open-read-model.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { Receiver } from './receiver.fixture.ts';

const secret = 'whsec_spec';
let running: RunningProjection;
let receiver: Receiver;
let other: Receiver;
beforeEach(async () => {
  running = await runProjection();
  receiver = await Receiver.start();
  other = await Receiver.start();
});
afterEach(async () => {
  receiver.end();
  other.end();
  await running.end();
});

async function decide(id: string, command: WebhookCommand): Promise<Position> {
  const { store, codec, tenant } = running.temporary.log;
  const commandId = randomUUID();
  const metadata = { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
  const request = { stream: streams.webhook(tenant, id), step: 'spec', command, metadata };
  const outcome = await runCommand({ store, codec, decider: webhookDecider }, request);
  if (outcome.outcome !== 'accepted' || outcome.position === undefined) throw new Error('refused');
  return outcome.position;
}

async function create(url: string, types: readonly string[] = ['app.*'], after = 'now'): Promise<string> {
  const id = randomUUID();
  await decide(id, { type: 'create-webhook', url, types, secret, after });
  return id;
}

async function status(id: string) {
  const reply = await running.webhookQueries.getWebhook({ id }, running.asAdministrator());
  return reply.ok ? reply.value : reply.error;
}

function positionOf(known: Awaited<ReturnType<typeof status>>): string {
  return ('position' in known ? known.position : null) ?? '';
}

/** Names of the groups that hold places of webhooks, as they lie in the store. */
async function places(): Promise<readonly string[]> {
  const store = await openReadModel(running.temporary.config.readModel, silentLogger);
  try {
    return await store.readGroups('webhook.');
  } finally {
    await store.close();
  }
}

const until = (count: number, at = receiver) => expect.poll(() => at.received.length).toBeGreaterThanOrEqual(count);

describe('a webhook', () => {
  it('gets what it wants, in order, signed, from its creation on', async () => {
    await running.people.addApp();
    await create(receiver.url);
    const app = await running.people.addApp();
    await running.people.addUser();
    await running.people.changeApp(app.uid, { type: 'change-app', isActive: false });
    // A machine that is slow makes an answer late, and what it answered comes again.
    await expect
      .poll(() => [...new Set(receiver.types)], { timeout: 10_000 })
      .toEqual(['app.registered', 'app.key-issued', 'app.deactivated']);
    const [first] = receiver.received;
    const [, seconds, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first?.headers['evident-signature'])) ?? [];
    expect(createHmac('sha256', secret).update(`${seconds}.${first?.body}`).digest('hex')).toBe(given);
    expect(Math.abs(Date.now() / 1_000 - Number(seconds))).toBeLessThan(30);
    expect(first?.headers['evident-event-id']).toBe(first?.event.id);
    expect(first?.headers['content-type']).toContain('application/cloudevents+json');
  });

  it('that fails, is slow, or answers garbage delays only itself, and misses nothing', async () => {
    const ways = [
      (_request: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(500).end(),
      (_request: unknown, response: { writeHead(status: number, headers: object): { end(): void } }) =>
        response.writeHead(302, { location: other.url }).end(),
      () => undefined,
      (request: { socket: { end(text: string): void } }) => request.socket.end('garbage\r\n\r\n'),
      (request: { socket: { destroy(): void } }) => request.socket.destroy(),
    ];
    const expected = ['answered 500', 'answered 302', 'no answer within', 'does not speak HTTP', 'reset'];
    const id = await create(receiver.url);
    await create(other.url);
    for (const [at, way] of ways.entries()) {
      receiver.misbehave = way as never;
      const { uid } = await running.people.addApp();
      await until(2 * (at + 1), other);
      const message = expect.stringMatching(new RegExp(`${expected[at]}|closed before`));
      await expect.poll(() => status(id)).toMatchObject({ lastError: { message } });
      const failing = await status(id);
      expect('failures' in failing && failing.failures).toBeGreaterThan(0);
      receiver.misbehave = undefined;
      await until(2 * (at + 1));
      expect(receiver.received.at(-1)?.event.subject).toBe(`app:${uid}`);
    }
    expect(receiver.received.map(({ event }) => event.id)).toEqual(other.received.map(({ event }) => event.id));
    await expect.poll(() => status(id)).toMatchObject({ failures: 0, delivered: 10, nextAttemptAt: null });
  });

  it('that hangs delays no other, though many more hang than are at work at once', async () => {
    receiver.misbehave = () => undefined;
    for (let n = 0; n < 40; n += 1) await create(receiver.url, ['app.registered']);
    const good = await create(other.url, ['app.registered']);
    const sent: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      sent.push(`app:${(await running.people.addApp()).uid}`);
      await until(n + 1, other);
    }
    expect([...new Set(other.received.map(({ event }) => event.subject))]).toEqual(sent);
    await expect.poll(() => status(good), { timeout: 10_000 }).toMatchObject({ delivered: 5, failures: 0 });
    receiver.misbehave = undefined;
    await until(40 * 5);
  }, 60_000);

  it('that waits is as far as the log was looked at, and after a restart is not sent what came before', async () => {
    const id = await create(receiver.url, ['app.deactivated']);
    const app = await running.people.addApp();
    await expect.poll(async () => positionOf(await status(id)) >= app.position, { timeout: 10_000 }).toBe(true);
    await running.stop();
    const { position } = await running.people.addApp();
    await running.restart();
    await expect.poll(async () => positionOf(await status(id)) >= position, { timeout: 10_000 }).toBe(true);
    await running.people.changeApp(app.uid, { type: 'change-app', isActive: false });
    await until(1);
    expect(receiver.received.map(({ event }) => event.subject)).toEqual([`app:${app.uid}`]);
  });

  it('waits while it is paused, and goes on where it was', async () => {
    const id = await create(receiver.url, ['app.registered']);
    await running.people.addApp();
    await until(1);
    await decide(id, { type: 'pause-webhook' });
    await expect.poll(() => status(id)).toMatchObject({ paused: true });
    const second = await running.people.addApp();
    await create(other.url, ['app.registered'], 'start');
    await until(2, other);
    expect(receiver.received).toHaveLength(1);
    await decide(id, { type: 'resume-webhook' });
    await until(2);
    expect(receiver.received.map(({ event }) => event.subject).at(-1)).toBe(`app:${second.uid}`);
  });

  it('is sent again from a place on, and elsewhere when its URL is changed', async () => {
    const before = await running.people.addApp();
    const wanted = await running.people.addApp();
    const id = await create(receiver.url, ['app.registered']);
    await decide(id, { type: 'replay-webhook', replayId: randomUUID(), after: before.position });
    await until(1);
    expect(receiver.received[0]?.event.subject).toBe(`app:${wanted.uid}`);
    await decide(id, { type: 'replay-webhook', replayId: randomUUID(), after: 'start' });
    await until(3);
    expect(receiver.received.map(({ event }) => event.subject).slice(1)).toEqual([
      `app:${before.uid}`,
      `app:${wanted.uid}`,
    ]);
    await decide(id, { type: 'change-webhook', url: other.url });
    const last = await running.people.addApp();
    await until(1, other);
    expect(other.received.map(({ event }) => event.subject)).toEqual([`app:${last.uid}`]);
  });

  it('goes on after a restart, with nothing skipped', async () => {
    await create(receiver.url, ['app.registered']);
    const apps = [await running.people.addApp()];
    await until(1);
    await running.stop();
    apps.push(await running.people.addApp());
    await running.restart();
    apps.push(await running.people.addApp());
    await until(3);
    expect([...new Set(receiver.received.map(({ event }) => event.subject))]).toEqual(
      apps.map(({ uid }) => `app:${uid}`),
    );
  });

  it('that stands at a position of another log says so, sends nothing, and goes on once it is replayed', async () => {
    const strange = `another~${'0'.repeat(15)}1`;
    await running.people.addApp();
    const id = await create(receiver.url, ['app.registered'], strange);
    const message = expect.stringContaining(`log-changed: it stands at ${strange}`);
    await expect.poll(() => status(id)).toMatchObject({ lastError: { message }, delivered: 0, position: strange });
    expect(receiver.received).toEqual([]);
    await decide(id, { type: 'replay-webhook', replayId: randomUUID(), after: 'start' });
    await until(1);
  });

  it('is unknown once it was removed, and gets nothing more', async () => {
    const id = await create(receiver.url);
    const kept = await create(other.url);
    await decide(id, { type: 'remove-webhook' });
    await running.people.addApp();
    await until(2, other);
    expect(receiver.received).toEqual([]);
    await expect.poll(() => status(id)).toMatchObject({ code: 'webhook.unknown' });
    const list = await running.webhookQueries.listWebhooks({ limit: 10 }, running.asAdministrator());
    expect(list).toMatchObject({ ok: true, value: { webhooks: [{ id: kept }], next: null } });
  });

  it('that is replayed leaves nothing of the place where it was before, and once removed nothing at all', async () => {
    const id = await create(receiver.url, ['app.registered']);
    await running.people.addApp();
    await until(1);
    const replay = async () => {
      const replayId = randomUUID();
      await decide(id, { type: 'replay-webhook', replayId, after: 'start' });
      return `webhook.${id}.${replayId}`;
    };
    for (let sent = 2; sent < 4; sent += 1) {
      const place = await replay();
      await until(sent);
      await expect.poll(places).toEqual([place]);
    }
    await decide(id, { type: 'pause-webhook' });
    await expect.poll(() => status(id)).toMatchObject({ paused: true });
    await replay();
    await expect.poll(places).toEqual([]);
    await decide(id, { type: 'resume-webhook' });
    await until(4);
    await decide(id, { type: 'remove-webhook' });
    await expect.poll(places).toEqual([]);
  });

  it('that was replayed or removed while nothing ran leaves no place either, and one that was not keeps its own', async () => {
    const [replayed, removed, kept] = [
      await create(receiver.url, ['app.registered']),
      await create(receiver.url, ['app.registered']),
      await create(other.url, ['app.registered']),
    ];
    await running.people.addApp();
    await until(2);
    await until(1, other);
    await expect.poll(places).toHaveLength(3);
    const own = (await places()).find((name) => name.startsWith(`webhook.${kept}.`));
    await running.stop();
    const replayId = randomUUID();
    await decide(replayed, { type: 'replay-webhook', replayId, after: 'start' });
    await decide(removed, { type: 'remove-webhook' });
    await running.restart();
    await until(3);
    await expect.poll(places).toEqual([own, `webhook.${replayed}.${replayId}`].toSorted());
    await running.people.addApp();
    await until(2, other);
    expect(new Set(other.received.map(({ event }) => event.id)).size).toBe(2);
  });

  it('is on exactly one of the pages of a list, however small they are and however long an address is', async () => {
    for (const _each of Array(7).keys()) await create(receiver.url);
    const long = `https://hooks.example.com/${'x'.repeat(4_000)}`;
    for (const _each of Array(70).keys()) await create(long);
    const pages = async (limit: number) => {
      const ids: string[] = [];
      for (let after: string | undefined; ; ) {
        const asked = { limit, ...(after === undefined ? {} : { after }) };
        const list = await running.webhookQueries.listWebhooks(asked, running.asAdministrator());
        if (!list.ok) throw new Error(list.error.code);
        expect(Buffer.byteLength(JSON.stringify(list.value))).toBeLessThan(256 * 1024);
        ids.push(...list.value.webhooks.map(({ id }) => id));
        if (list.value.next === null) return ids;
        after = list.value.next;
      }
    };
    const whole = await pages(1_000);
    expect(new Set(whole).size).toBe(77);
    expect(whole).toHaveLength(77);
    expect(await pages(3)).toEqual(whole);
    expect(await pages(7)).toEqual(whole);
  });

  it('holds its secret nowhere but sealed on the log', async () => {
    const id = await create(receiver.url, ['*']);
    await decide(id, { type: 'replay-webhook', replayId: randomUUID(), after: 'start' });
    await expect.poll(() => receiver.types).toContain('webhook.replay-requested');
    expect(JSON.stringify([receiver.received.map(({ body }) => body), await status(id)])).not.toContain(secret);
  });
});
