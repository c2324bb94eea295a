import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@evident/contracts';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { auditedLog, codeOf, found } from './audited-log.fixture.ts';

const audited = auditedLog();
const { asAdministrator, story } = audited;
const start = '2026-01-25T12:00:00Z';

describe('the events of the log', () => {
  it('come in order from any position, and a page goes on where the one before ended', async () => {
    await story();
    const whole = found(await audited.running.queries.readEvents({ limit: 1000 }, asAdministrator()));
    expect(whole.caughtUp).toBe(true);
    const positions = whole.events.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const asked = { limit: 7, ...(after === undefined ? {} : { after }) };
      const page = found(await audited.running.queries.readEvents(asked, asAdministrator()));
      paged.push(...page.events.map(({ position }) => position));
      after = page.next ?? undefined;
      if (page.caughtUp) break;
    }
    expect(paged).toEqual(positions);
  });

  it('of some types only, with the position that was looked at up to there', async () => {
    const { events, next } = found(
      await audited.running.queries.readEvents({ limit: 1000, types: 'user.app-assigned,app.*' }, asAdministrator()),
    );
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['user.app-assigned', 'app.registered', 'app.key-issued']),
    );
    expect(next).toBe(await audited.running.temporary.log.store.lastPosition());
  });

  it('are waited for where there is none yet', async () => {
    const after = (await audited.running.temporary.log.store.lastPosition()) ?? '';
    const asked = audited.running.queries.readEvents({ after, limit: 10, waitMs: 5_000 }, asAdministrator());
    const { uid } = await audited.running.people.addApp();
    const { events } = found(await asked);
    expect(events[0]?.subject).toBe(`app:${uid}`);
  });

  it('after a position that lies ahead are none, and the position stays', async () => {
    const last = (await audited.running.temporary.log.store.lastPosition()) ?? '';
    const ahead = `${last.slice(0, -8)}99999999`;
    const page = found(await audited.running.queries.readEvents({ after: ahead, limit: 10 }, asAdministrator()));
    expect(page).toEqual({ events: [], next: ahead, caughtUp: true });
  });

  it('are refused for a position of another log, for garbage, and for a type that there is not', async () => {
    const ask = (more: object) => audited.running.queries.readEvents({ limit: 1, ...more }, asAdministrator());
    expect(codeOf(await ask({ after: 'another~0000000000000001' }))).toBe('log.changed');
    expect(codeOf(await ask({ after: 'yesterday' }))).toBe('audit.bad-query');
    expect(codeOf(await ask({ types: 'user.teleported' }))).toBe('audit.bad-query');
  });
});

describe('a search for events', () => {
  it('finds by subject, actor, type, correlation and time', async () => {
    const { user, app, start, assigned, disabled, unassigned } = await story();
    const search = async (filter: object, order: 'asc' | 'desc' = 'asc') =>
      found(await audited.running.queries.auditEvents({ limit: 100, order, ...filter }, asAdministrator())).events;
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

  it('finds by any of them together what each alone would leave', async () => {
    const { store } = audited.running.temporary.log;
    const [one, other] = [await audited.running.people.addUser(), await audited.running.people.addUser()];
    const [correlationId, causationId] = [randomUUID(), randomUUID()];
    const by = (actor: string, more: object) => {
      const metadata = { tenant: 'main', actor, commandId: randomUUID(), correlationId: randomUUID(), ...more };
      const event = { id: randomUUID(), schema: 1, data: {}, metadata: { ...metadata, occurredAt: Date.now() } };
      return (uid: string, type: string) => store.append(streams.user('main', uid), [{ ...event, type }], 'any');
    };
    const admin = `user:${one.uid}`;
    await by(admin, { correlationId, causationId })(one.uid, 'user.admin-granted');
    await by(admin, { correlationId })(one.uid, 'user.admin-revoked');
    await by(admin, { causationId })(other.uid, 'user.admin-granted');
    await by('system', { correlationId, causationId })(one.uid, 'user.admin-granted');
    await by('system', { correlationId })(other.uid, 'user.admin-granted');
    const all = found(await audited.running.queries.auditEvents({ limit: 1_000, order: 'asc' }, asAdministrator()));
    const parts = [
      [{ subject: admin }, (event: CloudEvent) => event.subject === admin],
      [{ actor: admin }, (event: CloudEvent) => event.actor === admin],
      [{ types: 'user.admin-granted' }, (event: CloudEvent) => event.type === 'user.admin-granted'],
      [{ correlation: correlationId }, (event: CloudEvent) => event.correlationid === correlationId],
      [{ causation: causationId }, (event: CloudEvent) => event.causationid === causationId],
    ] as const;
    for (let chosen = 1; chosen < 2 ** parts.length; chosen += 1) {
      const some = parts.filter((_, part) => (chosen >> part) % 2 === 1);
      const filter = Object.assign({}, ...some.map(([member]) => member));
      const asked = { limit: 1_000, order: 'asc', ...filter } as const;
      const { events } = found(await audited.running.queries.auditEvents(asked, asAdministrator()));
      const expected = all.events.filter((event) => some.every(([, matches]) => matches(event)));
      expect(expected.length).toBeGreaterThan(0);
      expect([filter, events.map(({ id }) => id)]).toEqual([filter, expected.map(({ id }) => id)]);
    }
  });

  it.each(['asc', 'desc'] as const)('gives the same whatever the size of its pages, %s', async (order) => {
    for (const filter of [{}, { actor: 'system' }, { types: 'user.*' }]) {
      const pages = async (limit: number) => {
        const ids: string[] = [];
        for (let after: string | undefined; ; ) {
          const asked = { limit, order, ...filter, ...(after === undefined ? {} : { after }) };
          const page = found(await audited.running.queries.auditEvents(asked, asAdministrator()));
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
    expect(
      codeOf(await audited.running.queries.auditEvents({ limit: 1, order: 'asc', ...filter }, asAdministrator())),
    ).toBe(code);
  });

  it.each(['from', 'to', 'after'])('says that it is %s that names no moment', async (member) => {
    const asked = { from: start, to: start, after: start, [member]: 'yesterday' };
    const refused = await audited.running.queries.auditEvents({ limit: 1, order: 'asc', ...asked }, asAdministrator());
    const reason = `${member}: "yesterday" is neither a position nor a time like ${start}.`;
    expect(refused).toEqual({ ok: false, error: { code: 'audit.bad-query', details: { reason } } });
  });
});

describe('a time before every clock of ours', () => {
  const [long, longer] = ['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z'];

  it('is one like any other, at which nothing had happened yet', async () => {
    const { user, app } = await story();
    const subject = `user:${user.uid}`;
    const all = { subject, limit: 100, order: 'asc' } as const;
    const ask = audited.running.queries;
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
