import { randomUUID } from 'node:crypto';
import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { manualClock } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

const clock = manualClock();
let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection({ now: clock });
});
afterAll(() => running.end());

const asAdministrator = () => ({ ...running.asAdministrator(), deadline: clock() + 10_000 });
const time = () => new Date(clock()).toISOString();

function found<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

/** A user who was given an app, lost it, was disabled and came back; each step a second after the other. */
async function story() {
  const { people } = running;
  const step = async (run: () => Promise<Position>) => {
    clock.advance(1_000);
    const position = await run();
    return { position, at: time() };
  };
  const user = await people.addUser();
  const app = await people.addApp();
  const start = { position: app.position, at: time() };
  const assign = { type: 'assign-app', appId: app.uid, appNumber: app.number } as const;
  const assigned = await step(() => people.changeUser(user.uid, assign));
  const disabled = await step(() => people.changeUser(user.uid, { type: 'change-user', isActive: false }));
  const enabled = await step(() => people.changeUser(user.uid, { type: 'change-user', isActive: true }));
  const unassigned = await step(() => people.changeUser(user.uid, { type: 'unassign-app', appId: app.uid }));
  return { user, app, start, assigned, disabled, enabled, unassigned };
}

describe('the events of the log', () => {
  it('come in order from any position, and a page goes on where the one before ended', async () => {
    await story();
    const whole = found(await running.queries.readEvents({ limit: 1000 }, asAdministrator()));
    expect(whole.caughtUp).toBe(true);
    const positions = whole.events.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const asked = { limit: 7, ...(after === undefined ? {} : { after }) };
      const page = found(await running.queries.readEvents(asked, asAdministrator()));
      paged.push(...page.events.map(({ position }) => position));
      after = page.next ?? undefined;
      if (page.caughtUp) break;
    }
    expect(paged).toEqual(positions);
  });

  it('of some types only, with the position that was looked at up to there', async () => {
    const { events, next } = found(
      await running.queries.readEvents({ limit: 1000, types: 'user.app-assigned,app.*' }, asAdministrator()),
    );
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['user.app-assigned', 'app.registered', 'app.key-issued']),
    );
    expect(next).toBe(await running.temporary.log.store.lastPosition());
  });

  it('are waited for where there is none yet', async () => {
    const after = (await running.temporary.log.store.lastPosition()) ?? '';
    const asked = running.queries.readEvents({ after, limit: 10, waitMs: 5_000 }, asAdministrator());
    const { uid } = await running.people.addApp();
    const { events } = found(await asked);
    expect(events[0]?.subject).toBe(`app:${uid}`);
  });

  it('after a position that lies ahead are none, and the position stays', async () => {
    const last = (await running.temporary.log.store.lastPosition()) ?? '';
    const ahead = `${last.slice(0, -8)}99999999`;
    const page = found(await running.queries.readEvents({ after: ahead, limit: 10 }, asAdministrator()));
    expect(page).toEqual({ events: [], next: ahead, caughtUp: true });
  });

  it('are refused for a position of another log, for garbage, and for a type that there is not', async () => {
    const ask = (more: object) => running.queries.readEvents({ limit: 1, ...more }, asAdministrator());
    expect(codeOf(await ask({ after: 'another~0000000000000001' }))).toBe('log.changed');
    expect(codeOf(await ask({ after: 'yesterday' }))).toBe('audit.bad-query');
    expect(codeOf(await ask({ types: 'user.teleported' }))).toBe('audit.bad-query');
  });
});

describe('a search for events', () => {
  it('finds by subject, actor, type, correlation and time, and by all of them at once', async () => {
    const { user, app, start, assigned, disabled, unassigned } = await story();
    const search = async (filter: object, order: 'asc' | 'desc' = 'asc') =>
      found(await running.queries.auditEvents({ limit: 100, order, ...filter }, asAdministrator())).events;
    const own = await search({ subject: `user:${user.uid}` });
    expect(own.map(({ type }) => type).slice(-4)).toEqual([
      'user.app-assigned',
      'user.deactivated',
      'user.reactivated',
      'user.app-unassigned',
    ]);
    expect((await search({ subject: `user:${user.uid}` }, 'desc')).map(({ id }) => id)).toEqual(
      own.map(({ id }) => id).toReversed(),
    );
    const [one] = own.slice(-1);
    expect(await search({ correlation: one?.correlationid })).toEqual([one]);
    expect(await search({ from: assigned.position, to: disabled.position })).toHaveLength(2);
    expect(await search({ from: assigned.at, to: disabled.at })).toHaveLength(2);
    expect(await search({ from: assigned.at, to: disabled.at }, 'desc')).toHaveLength(2);
    const since = { after: assigned.at, to: disabled.at };
    expect((await search(since)).map(({ type }) => type)).toEqual(['user.deactivated']);
    const before = { from: assigned.at, after: disabled.at };
    expect((await search(before, 'desc')).map(({ type }) => type)).toEqual(['user.app-assigned']);
    const granted = await search({ types: 'user.app-assigned', from: start.at, to: unassigned.at });
    expect(granted.map(({ data }) => data?.appId)).toEqual([app.uid]);
    expect(await search({ actor: 'system', types: 'user.deactivated', from: start.position })).toHaveLength(1);
    expect(await search({ actor: 'user:nobody' })).toEqual([]);
  });

  it.each(['asc', 'desc'] as const)('gives the same whatever the size of its pages, %s', async (order) => {
    for (const filter of [{}, { actor: 'system' }, { types: 'user.*' }]) {
      const pages = async (limit: number) => {
        const ids: string[] = [];
        for (let after: string | undefined; ; ) {
          const asked = { limit, order, ...filter, ...(after === undefined ? {} : { after }) };
          const page = found(await running.queries.auditEvents(asked, asAdministrator()));
          ids.push(...page.events.map(({ id }) => id));
          if (page.next === null) return ids;
          after = page.next;
        }
      };
      const whole = await pages(1000);
      expect(whole.length).toBeGreaterThan(3);
      expect(await pages(3)).toEqual(whole);
    }
  });

  it.each([
    [{ from: 'yesterday' }, 'audit.bad-query'],
    [{ to: '2026-13-01T00:00:00Z' }, 'audit.bad-query'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'audit.bad-query'],
    [{ from: 'another~0000000000000001' }, 'log.changed'],
    [{ subject: 'nobody' }, 'audit.bad-query'],
    [{ subject: `user:${randomUUID()}` }, 'audit.unknown-subject'],
    [{ actor: '7' }, 'audit.bad-query'],
    [{ actor: 'admin' }, 'audit.bad-query'],
    [{ actor: randomUUID() }, 'audit.bad-query'],
    [{ types: 'users.*' }, 'audit.bad-query'],
    [{ after: '7' }, 'audit.bad-query'],
    [{ after: 'another~0000000000000001' }, 'log.changed'],
  ])('refuses %j', async (filter, code) => {
    expect(codeOf(await running.queries.auditEvents({ limit: 1, order: 'asc', ...filter }, asAdministrator()))).toBe(
      code,
    );
  });
});

describe('a time before every clock of ours', () => {
  const [long, longer] = ['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z'];

  it('is one like any other, at which nothing had happened yet', async () => {
    const { user, app } = await story();
    const subject = `user:${user.uid}`;
    const all = { subject, limit: 100, order: 'asc' } as const;
    const ask = running.queries;
    const whole = found(await ask.auditEvents(all, asAdministrator())).events;
    expect(whole.length).toBeGreaterThan(3);
    expect(found(await ask.auditEvents({ ...all, from: longer }, asAdministrator())).events).toEqual(whole);
    expect(found(await ask.auditEvents({ ...all, from: longer, to: long }, asAdministrator())).events).toEqual([]);
    expect(found(await ask.readEvents({ after: long, limit: 1 }, asAdministrator()))).toEqual(
      found(await ask.readEvents({ limit: 1 }, asAdministrator())),
    );
    const state = found(await ask.auditState({ subject, at: long }, asAdministrator()));
    expect(state).toEqual({ subject, at: new Date(long).toISOString(), position: null, exists: false, state: null });
    const access = found(await ask.auditAccess({ app: `app:${app.uid}`, at: long, limit: 9 }, asAdministrator()));
    expect(access).toMatchObject({ position: null, access: [] });
    const turned = { ...all, from: long, to: longer };
    expect(codeOf(await ask.auditEvents(turned, asAdministrator()))).toBe('audit.bad-query');
  });
});

describe('a subject', () => {
  it('is what it was at a position and at a time, before it was and after it was removed', async () => {
    const { user, app, start, assigned, disabled, unassigned } = await story();
    const subject = `user:${user.uid}`;
    const state = async (at?: string) =>
      found(await running.queries.auditState({ subject, ...(at === undefined ? {} : { at }) }, asAdministrator()));
    for (const by of ['position', 'at'] as const) {
      expect((await state(start[by])).state).toMatchObject({ isActive: true, apps: [] });
      expect((await state(assigned[by])).state).toMatchObject({ isActive: true, apps: [`app:${app.uid}`] });
      expect((await state(disabled[by])).state).toMatchObject({ isActive: false, apps: [`app:${app.uid}`] });
      expect((await state(unassigned[by])).state).toMatchObject({ isActive: true, apps: [] });
    }
    expect(await state('2020-01-01T00:00:00Z')).toMatchObject({ exists: false, state: null, position: null });
    expect(await state(start.at)).toMatchObject({ subject, at: start.at, exists: true });
    await running.people.changeUser(user.uid, { type: 'remove-user' });
    expect((await state()).state).toMatchObject({ isActive: false, removed: true });
  });

  it('is the same in upper case, as UUIDs are read (RFC 9562 section 4)', async () => {
    const { user, app, assigned } = await story();
    const upper = (text: string) => text.replace(/:.*/, (id) => id.toUpperCase());
    const [subject, wiki] = [`user:${user.uid}`, `app:${app.uid}`];
    const ask = running.queries;
    for (const one of [subject, upper(subject)]) {
      const state = found(await ask.auditState({ subject: one }, asAdministrator()));
      expect(state).toMatchObject({ subject, exists: true });
      const history = found(await ask.auditHistory({ subject: one }, asAdministrator()));
      expect([history.subject, history.changes.length > 3]).toEqual([subject, true]);
      const about = { subject: one, types: 'user.app-assigned', order: 'asc', limit: 9 } as const;
      expect(found(await ask.auditEvents(about, asAdministrator())).events).toHaveLength(1);
      const used = { user: one, at: assigned.at, limit: 9 };
      expect(found(await ask.auditAccess(used, asAdministrator())).access).toMatchObject([{ app: wiki }]);
      expect(found(await ask.auditSignIns({ user: one, app: upper(wiki), limit: 9 }, asAdministrator()))).toEqual({
        signIns: [],
        next: null,
        expiredBefore: null,
      });
    }
    const claim = found(
      await ask.auditEvents({ types: 'reservation.claimed', order: 'desc', limit: 1 }, asAdministrator()),
    ).events[0];
    const claimed = { subject: upper(claim?.subject ?? '') };
    expect(found(await ask.auditState(claimed, asAdministrator()))).toMatchObject({ exists: true });
  });

  it('is found as an actor in upper case too', async () => {
    const { user, app } = await story();
    const { store, codec } = running.temporary.log;
    const [stream, commandId] = [streams.user('main', user.uid), randomUUID()];
    const metadata = { tenant: 'main', commandId, correlationId: commandId, occurredAt: clock() };
    const data = { appId: app.uid, appNumber: app.number, userNumber: user.number };
    const assigned = { type: 'user.app-assigned', id: randomUUID(), data };
    const by = { ...metadata, actor: `user:${user.uid}` };
    await store.append(stream, await codec.encode([assigned], { stream, metadata: by }), 'any');
    const done = async (actor: string) =>
      found(await running.queries.auditEvents({ actor, order: 'asc', limit: 9 }, asAdministrator())).events;
    expect(await done(by.actor)).toMatchObject([{ id: assigned.id }]);
    expect(await done(`user:${user.uid.toUpperCase()}`)).toEqual(await done(by.actor));
  });

  it.each([
    ['a time as it was written elsewhere', '2026-01-25t13:00:00+01:00', '2026-01-25T12:00:00.000Z'],
    ['whose + became a blank on the way', '2026-01-25T13:00:00 01:00', '2026-01-25T12:00:00.000Z'],
    ['no later than now, for what is to come nobody knows', '2999-01-01T00:00:00Z', undefined],
  ])('is told in UTC, %s', async (_, at, told) => {
    const { user } = await story();
    const subject = `user:${user.uid}`;
    const { at: state } = found(await running.queries.auditState({ subject, at }, asAdministrator()));
    const { at: access } = found(await running.queries.auditAccess({ user: subject, at, limit: 1 }, asAdministrator()));
    expect([state, access]).toEqual([told ?? time(), told ?? time()]);
  });

  it('has a history whose changes say only what differs', async () => {
    const { user, app } = await story();
    const { changes, next } = found(
      await running.queries.auditHistory({ subject: `user:${user.uid}` }, asAdministrator()),
    );
    expect(next).toBeNull();
    const steps = changes.map(({ event, before, after }) => [event.type, before, after]).slice(-4);
    const [active, disabled] = [
      { isActive: true, status: 'active' },
      { isActive: false, status: 'deactive' },
    ];
    expect(steps).toEqual([
      ['user.app-assigned', { apps: [] }, { apps: [`app:${app.uid}`] }],
      ['user.deactivated', active, disabled],
      ['user.reactivated', disabled, active],
      ['user.app-unassigned', { apps: [`app:${app.uid}`] }, { apps: [] }],
    ]);
  });

  it('differs between two moments in what was changed, and from itself in nothing', async () => {
    const { user, start, assigned, disabled, unassigned } = await story();
    const subject = `user:${user.uid}`;
    const diff = async (from?: string, to?: string) =>
      found(
        await running.queries.auditDiff(
          { subject, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
          asAdministrator(),
        ),
      );
    expect((await diff(assigned.at, disabled.at)).changes).toEqual({
      isActive: { before: true, after: false },
      status: { before: 'active', after: 'deactive' },
    });
    expect((await diff(start.position, unassigned.position)).changes).toEqual({});
    expect(await diff(undefined, start.at)).toMatchObject({ before: null, after: { isActive: true } });
    const turned = { subject, from: disabled.at, to: assigned.at };
    expect(codeOf(await running.queries.auditDiff(turned, asAdministrator()))).toBe('audit.bad-query');
  });

  it('that is a claim is shown under a name that holds no hash, and found by it', async () => {
    const { uid, usernameLookup } = await running.people.addUser();
    const { events } = found(
      await running.queries.auditEvents({ types: 'reservation.*', order: 'desc', limit: 2 }, asAdministrator()),
    );
    const [, claimed] = events;
    const subject = claimed?.subject ?? '';
    expect(subject).toMatch(/^reservation:[0-9a-f-]{36}$/);
    const answers = [
      found(await running.queries.auditState({ subject }, asAdministrator())),
      found(await running.queries.auditHistory({ subject }, asAdministrator())),
      found(await running.queries.auditDiff({ subject }, asAdministrator())),
      found(await running.queries.auditEvents({ subject, order: 'asc', limit: 10 }, asAdministrator())),
    ];
    expect(answers[0]).toMatchObject({ state: { current: { holder: `user:${uid}` } } });
    expect(answers[1]).toMatchObject({ changes: [{ event: claimed }] });
    expect(answers[3]).toMatchObject({ events: [claimed] });
    expect(JSON.stringify(answers)).not.toContain(usernameLookup);
  });

  it.each([
    ['nobody', 'audit.bad-query'],
    [`reservation:${randomUUID()}`, 'audit.unknown-subject'],
    [`user:${randomUUID()}`, 'audit.unknown-subject'],
    ['teapot:1', 'audit.unknown-subject'],
  ])('is refused where there is none: %s', async (subject, code) => {
    expect(codeOf(await running.queries.auditState({ subject }, asAdministrator()))).toBe(code);
    expect(codeOf(await running.queries.auditHistory({ subject }, asAdministrator()))).toBe(code);
    expect(codeOf(await running.queries.auditDiff({ subject }, asAdministrator()))).toBe(code);
  });
});

describe('access', () => {
  it('was there while user and app were active and the assignment stood', async () => {
    const { user, app, start, assigned, disabled, enabled, unassigned } = await story();
    const users = async (at?: string) =>
      found(
        await running.queries.auditAccess(
          { app: String(app.number), limit: 10, ...(at ? { at } : {}) },
          asAdministrator(),
        ),
      ).access;
    for (const by of ['position', 'at'] as const) {
      expect(await users(start[by])).toEqual([]);
      expect(await users(assigned[by])).toMatchObject([{ user: `user:${user.uid}`, app: `app:${app.uid}` }]);
      expect(await users(disabled[by])).toEqual([]);
      expect(await users(enabled[by])).toHaveLength(1);
      expect(await users(unassigned[by])).toEqual([]);
    }
    const [access] = await users(enabled.at);
    expect(access?.grantedBy).toMatchObject({ type: 'user.app-assigned', position: assigned.position });
    const apps = { user: `user:${user.uid}`, at: assigned.at, limit: 10 };
    expect(found(await running.queries.auditAccess(apps, asAdministrator())).access).toEqual(await users(assigned.at));
    await running.people.changeApp(app.uid, { type: 'remove-app', now: clock() });
    expect(await users(assigned.at)).toHaveLength(1);
    expect(await users()).toEqual([]);
  });

  it('comes in pages, by integer id', async () => {
    const { people } = running;
    const app = await people.addApp();
    const all: string[] = [];
    for (let count = 0; count < 7; count++) {
      const user = await people.addUser();
      await people.changeUser(user.uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
      all.push(`user:${user.uid}`);
    }
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const asked = { app: `app:${app.uid}`, limit: 3, ...(after === undefined ? {} : { after }) };
      const page = found(await running.queries.auditAccess(asked, asAdministrator()));
      seen.push(...page.access.map(({ user }) => user));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual(all);
  });

  it('is asked by app or by user, and of somebody who was', async () => {
    const ask = async (more: object) =>
      codeOf(await running.queries.auditAccess({ limit: 1, ...more }, asAdministrator()));
    expect(await ask({})).toBe('audit.bad-query');
    expect(await ask({ app: 'wiki' })).toBe('audit.bad-query');
    expect(await ask({ app: '999' })).toBe('audit.unknown-subject');
    expect(await ask({ app: '9'.repeat(20) })).toBe('audit.unknown-subject');
    expect(await ask({ user: '9'.repeat(200) })).toBe('audit.unknown-subject');
    expect(await ask({ user: `user:${randomUUID()}` })).toBe('audit.unknown-subject');
  });
});

describe('sign-ins', () => {
  it('are found by user, app, outcome and time, each with its reason', async () => {
    const { user, app } = await story();
    const stream = streams.signIn('main', user.uid);
    const judged = { app: 0, reservation: 0, user: 0 };
    const [account, caller] = ['k1.account', 'k1.caller'];
    const base = { purpose: 'verify', appId: app.uid, account, caller } as const;
    const failed = { ...base, reason: 'wrong-password', userId: user.uid, judged, at: clock() };
    const throttled = { ...base, limit: 'account', count: 3, until: clock(), at: clock() };
    await running.people.append(stream, [{ type: 'signin.failed', data: failed }]);
    await running.people.append(streams.signIn('main', undefined), [
      { type: 'signin.failed', data: { ...failed, reason: 'unknown-user', userId: null } },
    ]);
    clock.advance(1_000);
    await running.people.append(stream, [{ type: 'signin.throttled', data: throttled }]);
    const ask = async (more: object) =>
      found(await running.queries.auditSignIns({ limit: 100, ...more }, asAdministrator())).signIns.map(
        ({ outcome, reason, user, app }) => ({ outcome, reason, user, app }),
      );
    const named = { user: `user:${user.uid}`, app: `app:${app.uid}` };
    const wrong = { outcome: 'failed', reason: 'wrong-password', ...named };
    const waited = { outcome: 'throttled', reason: 'too-many-attempts', ...named };
    const unknown = { outcome: 'failed', reason: 'unknown-user', user: null, app: named.app };
    expect(await ask({ user: String(user.number) })).toEqual([wrong, waited]);
    expect(await ask({ app: named.app })).toEqual([wrong, unknown, waited]);
    expect(await ask({ app: named.app, outcome: 'failed' })).toEqual([wrong, unknown]);
    expect(await ask({ user: named.user, outcome: 'throttled' })).toEqual([waited]);
    expect(await ask({ app: named.app, from: time() })).toEqual([waited]);
    expect(await ask({ user: named.user, app: named.app, limit: 1 })).toEqual([wrong]);
    expect(await ask({ outcome: 'succeeded' })).toEqual([]);
  });
});
