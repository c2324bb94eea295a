import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { auditedLog, codeOf, found } from './audited-log.fixture.ts';

const audited = auditedLog();
const { asAdministrator, clock, story, time } = audited;

describe('a subject', () => {
  it('is what it was at a position and at a time, before it was and after it was removed', async () => {
    const { user, app, start, assigned, disabled, unassigned } = await story();
    const subject = `user:${user.uid}`;
    const state = async (at?: string) =>
      found(
        await audited.running.queries.auditState({ subject, ...(at === undefined ? {} : { at }) }, asAdministrator()),
      );
    for (const by of ['position', 'at'] as const) {
      expect((await state(start[by])).state).toMatchObject({ isActive: true, apps: [] });
      expect((await state(assigned[by])).state).toMatchObject({ isActive: true, apps: [`app:${app.uid}`] });
      expect((await state(disabled[by])).state).toMatchObject({ isActive: false, apps: [`app:${app.uid}`] });
      expect((await state(unassigned[by])).state).toMatchObject({ isActive: true, apps: [] });
    }
    expect(await state('2020-01-01T00:00:00Z')).toMatchObject({ exists: false, state: null, position: null });
    expect(await state(start.at)).toMatchObject({ subject, at: start.at, exists: true });
    await audited.running.people.changeUser(user.uid, { type: 'remove-user' });
    expect((await state()).state).toMatchObject({ isActive: false, removed: true });
  });

  it('is the same in upper case, as UUIDs are read (RFC 9562 section 4)', async () => {
    const { user, app, assigned } = await story();
    const upper = (text: string) => text.replace(/:.*/, (id) => id.toUpperCase());
    const [subject, wiki] = [`user:${user.uid}`, `app:${app.uid}`];
    const ask = audited.running.queries;
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
    const { store, codec } = audited.running.temporary.log;
    const [stream, commandId] = [streams.user('main', user.uid), randomUUID()];
    const metadata = { tenant: 'main', commandId, correlationId: commandId, occurredAt: clock() };
    const data = { appId: app.uid, appNumber: app.number, userNumber: user.number };
    const assigned = { type: 'user.app-assigned', id: randomUUID(), data };
    const by = { ...metadata, actor: `user:${user.uid}` };
    await store.append(stream, await codec.encode([assigned], { stream, metadata: by }), 'any');
    const done = async (actor: string) =>
      found(await audited.running.queries.auditEvents({ actor, order: 'asc', limit: 9 }, asAdministrator())).events;
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
    const { at: state } = found(await audited.running.queries.auditState({ subject, at }, asAdministrator()));
    const { at: access } = found(
      await audited.running.queries.auditAccess({ user: subject, at, limit: 1 }, asAdministrator()),
    );
    expect([state, access]).toEqual([told ?? time(), told ?? time()]);
  });

  it('has a history whose changes say only what differs', async () => {
    const { user, app } = await story();
    const { changes, next } = found(
      await audited.running.queries.auditHistory({ subject: `user:${user.uid}` }, asAdministrator()),
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
        await audited.running.queries.auditDiff(
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
    expect(codeOf(await audited.running.queries.auditDiff(turned, asAdministrator()))).toBe('audit.bad-query');
  });

  it('that is a claim is shown under a name that holds no hash, and found by it', async () => {
    const { uid, usernameLookup } = await audited.running.people.addUser();
    const { events } = found(
      await audited.running.queries.auditEvents({ types: 'reservation.*', order: 'desc', limit: 2 }, asAdministrator()),
    );
    const [, claimed] = events;
    const subject = claimed?.subject ?? '';
    expect(subject).toMatch(/^reservation:[0-9a-f-]{36}$/);
    const answers = [
      found(await audited.running.queries.auditState({ subject }, asAdministrator())),
      found(await audited.running.queries.auditHistory({ subject }, asAdministrator())),
      found(await audited.running.queries.auditDiff({ subject }, asAdministrator())),
      found(await audited.running.queries.auditEvents({ subject, order: 'asc', limit: 10 }, asAdministrator())),
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
    expect(codeOf(await audited.running.queries.auditState({ subject }, asAdministrator()))).toBe(code);
    expect(codeOf(await audited.running.queries.auditHistory({ subject }, asAdministrator()))).toBe(code);
    expect(codeOf(await audited.running.queries.auditDiff({ subject }, asAdministrator()))).toBe(code);
  });
});
