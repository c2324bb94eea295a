import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import { silentLogger } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../operations/decided-operation.fixture.ts';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';
import { openAuditAtHand } from './audit-at-hand.ts';

let running: RunningProjection;
let alice: { readonly uid: string; readonly number: number };
let bob: { readonly uid: string };
let wiki: { readonly uid: string; readonly number: number };
let head: string;
let unread: string;
/** What a newer program wrote, about Alice and by her: of a shape that is not known, and of a type. */
let newer: { readonly ids: readonly string[]; readonly correlation: string; readonly actor: string };

/** What a newer program wrote of Alice: this one cannot tell whether she may use the wiki. */
beforeAll(async () => {
  running = await runProjection();
  const { people, temporary } = running;
  [alice, bob, wiki] = [await people.addUser(), await people.addUser(), await people.addApp()];
  for (const { uid } of [alice, bob]) {
    await people.changeUser(uid, { type: 'assign-app', appId: wiki.uid, appNumber: wiki.number });
  }
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: Date.now() };
  unread = randomUUID();
  const event = { id: unread, type: 'user.app-unassigned', schema: 99, data: {}, metadata };
  await temporary.log.store.append(streams.user('main', alice.uid), [event], 'any');
  const by = { ...metadata, actor: `user:${alice.uid}`, correlationId: randomUUID() };
  const written = [
    { id: randomUUID(), type: 'user.named', schema: 99, data: {}, metadata: by },
    { id: randomUUID(), type: 'user.dreamt', schema: 1, data: {}, metadata: by },
  ];
  await temporary.log.store.append(streams.user('main', alice.uid), written, 'any');
  newer = { ids: written.map(({ id }) => id), correlation: by.correlationId, actor: by.actor };
  ({ position: head } = await people.addUser());
});
afterAll(() => running.end());

const asked = () => running.asAdministrator(head);
const page = { limit: 10, order: 'asc' } as const;
const parked = { ok: false, error: { code: 'read.parked' } };

describe('while an event waits that cannot be read', () => {
  it('nobody is told who could use what, where it may speak of them', async () => {
    const { queries } = running;
    const ask = (request: { user?: string; app?: string }) => queries.auditAccess({ ...request, limit: 10 }, asked());
    expect(await ask({ app: `app:${wiki.uid}` })).toMatchObject(parked);
    expect(await ask({ app: String(wiki.number) })).toMatchObject(parked);
    expect(await ask({ user: `user:${alice.uid}` })).toMatchObject(parked);
    expect(await ask({ user: String(alice.number) })).toMatchObject(parked);
    expect(await ask({ user: `user:${randomUUID()}` })).toMatchObject({ error: { code: 'audit.unknown-subject' } });
    expect(await ask({ user: 'nonsense' })).toMatchObject({ error: { code: 'audit.bad-query' } });
    expect(await ask({ user: `user:${bob.uid}` })).toMatchObject({ ok: true, value: { access: [{}] } });
    expect(await ask({ user: `user:${bob.uid}`, app: `app:${wiki.uid}` })).toMatchObject({ ok: true });
  });

  it('the command at the machine is refused the same', async () => {
    const { log, config } = running.temporary;
    const at = { config, log, logger: silentLogger, now: Date.now, report: () => undefined };
    const { answers, close } = await openAuditAtHand(at);
    const refused = { error: { code: 'read.parked' } };
    await expect(answers.auditAccess({ app: `app:${wiki.uid}`, limit: 10 })).rejects.toMatchObject(refused);
    expect(await answers.auditAccess({ user: `user:${bob.uid}`, limit: 10 })).toMatchObject({ access: [{}] });
    expect((await answers.auditEvents(page)).events).not.toEqual([]);
    await close();
  });

  it('a search leaves out nothing that this program cannot read', async () => {
    const { queries } = running;
    const idsOf = async (filter: object) => {
      const reply = await queries.auditEvents({ ...filter, order: 'asc', limit: 100 }, asked());
      return reply.ok ? reply.value.events.map(({ id }) => id) : reply.error;
    };
    const { store } = running.temporary.log;
    const stored = (await store.readStream(streams.user('main', alice.uid))).find(({ id }) => id === unread);
    const from = new Date(stored?.recordedAt ?? 0).toISOString();
    expect(await idsOf({ from })).toEqual(expect.arrayContaining([unread, ...newer.ids]));
    expect(await idsOf({ types: 'user.app-unassigned' })).toEqual([unread]);
    expect(await idsOf({ types: 'user.named' })).toEqual(newer.ids.slice(0, 1));
    expect(await idsOf({ correlation: newer.correlation })).toEqual(newer.ids);
    expect(await idsOf({ actor: newer.actor })).toEqual(newer.ids);
    const proof = await queries.proveEvent({ eventId: unread }, asked());
    expect(proof).not.toMatchObject({ error: { code: 'audit.unknown-subject' } });
  });

  it('all is told that no row decides', async () => {
    const { queries } = running;
    const subject = `user:${alice.uid}`;
    const found = await queries.auditEvents({ subject, order: 'desc', limit: 3 }, asked());
    const unreadable = expect.any(String);
    expect(found).toMatchObject({
      value: {
        events: [
          { type: 'user.dreamt', unreadable },
          { type: 'user.named', unreadable },
          { type: 'user.app-unassigned', unreadable },
        ],
      },
    });
    for (const request of [page, { ...page, to: head }, { ...page, types: 'app.*' }]) {
      expect(await queries.auditEvents(request, asked())).toMatchObject({ ok: true });
    }
    expect(await queries.auditState({ subject: `user:${bob.uid}`, at: head }, asked())).toMatchObject({ ok: true });
    expect(await queries.auditSignIns({ limit: 10 }, asked())).toMatchObject({ ok: true });
  });
});

describe('once it was discarded', () => {
  it('everything is answered without it, also from rows that are built anew', async () => {
    const { temporary, queries } = running;
    const eventId = unread;
    const stream = streams.user('main', alice.uid);
    const command = { type: 'discard-parked-event', projection: 'access-edges', stream, eventId } as const;
    ({ position: head } = await decide(running, command));
    await expect
      .poll(() => queries.auditAccess({ app: `app:${wiki.uid}`, limit: 10 }, asked()))
      .toMatchObject({ ok: true });
    const readModel = { kind: 'embedded', path: join(temporary.config.dataDir, 'none.db') } as const;
    const config = { tenant: 'main', readModel };
    const at = { config, log: temporary.log, logger: silentLogger, now: Date.now, report: () => undefined };
    const { answers, close } = await openAuditAtHand(at);
    const { access } = await answers.auditAccess({ app: `app:${wiki.uid}`, limit: 10 });
    expect(access.map(({ user }) => user)).toEqual([`user:${alice.uid}`, `user:${bob.uid}`]);
    expect((await answers.auditEvents({ ...page, types: 'user.app-assigned' })).events).toHaveLength(2);
    await close();
  });
});
