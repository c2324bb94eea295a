import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { auditedLog, codeOf, found } from './audited-log.fixture.ts';

const audited = auditedLog();
const { asAdministrator, clock, story, time } = audited;

describe('access', () => {
  it('was there while user and app were active and the assignment stood', async () => {
    const { user, app, start, assigned, disabled, enabled, unassigned } = await story();
    const users = async (at?: string) =>
      found(
        await audited.running.queries.auditAccess(
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
    expect(found(await audited.running.queries.auditAccess(apps, asAdministrator())).access).toEqual(
      await users(assigned.at),
    );
    await audited.running.people.changeApp(app.uid, { type: 'remove-app', now: clock() });
    expect(await users(assigned.at)).toHaveLength(1);
    expect(await users()).toEqual([]);
  });

  it('comes in pages, by integer id', async () => {
    const { people } = audited.running;
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
      const page = found(await audited.running.queries.auditAccess(asked, asAdministrator()));
      seen.push(...page.access.map(({ user }) => user));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual(all);
    const whole = { app: `app:${app.uid}`, limit: all.length };
    for (const asked of [whole, { ...whole, user: all[0] ?? '', limit: 1 }]) {
      const page = found(await audited.running.queries.auditAccess(asked, asAdministrator()));
      expect(page.access).toHaveLength(asked.limit);
      expect(page.next).toBeNull();
    }
  });

  it('is asked by app or by user, and of somebody who was', async () => {
    const ask = async (more: object) =>
      codeOf(await audited.running.queries.auditAccess({ limit: 1, ...more }, asAdministrator()));
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
    await audited.running.people.append(stream, [{ type: 'signin.failed', data: failed }]);
    await audited.running.people.append(streams.signIn('main', undefined), [
      { type: 'signin.failed', data: { ...failed, reason: 'unknown-user', userId: null } },
    ]);
    clock.advance(1_000);
    await audited.running.people.append(stream, [{ type: 'signin.throttled', data: throttled }]);
    const ask = async (more: object) =>
      found(await audited.running.queries.auditSignIns({ limit: 100, ...more }, asAdministrator())).signIns.map(
        ({ outcome, reason, user, app }) => ({ outcome, reason, user, app }),
      );
    const named = { user: `user:${user.uid}`, app: `app:${app.uid}` };
    const wrong = { outcome: 'failed', reason: 'wrong-password', ...named };
    const waited = { outcome: 'throttled', reason: 'too-many-attempts', ...named };
    const unknown = { outcome: 'failed', reason: 'unknown-user', user: null, app: named.app };
    const other = await audited.running.people.addApp();
    await audited.running.people.append(stream, [{ type: 'signin.failed', data: { ...failed, appId: other.uid } }]);
    const elsewhere = { ...wrong, app: `app:${other.uid}` };
    expect(await ask({ user: String(user.number) })).toEqual([wrong, waited, elsewhere]);
    expect(await ask({ app: named.app })).toEqual([wrong, unknown, waited]);
    expect(await ask({ app: named.app, outcome: 'failed' })).toEqual([wrong, unknown]);
    expect(await ask({ user: named.user, outcome: 'throttled' })).toEqual([waited]);
    expect(await ask({ app: named.app, from: time() })).toEqual([waited]);
    expect(await ask({ user: named.user, app: named.app })).toEqual([wrong, waited]);
    expect(await ask({ user: named.user, app: elsewhere.app })).toEqual([elsewhere]);
    expect(await ask({ user: named.user, app: named.app, limit: 1 })).toEqual([wrong]);
    expect(await ask({ outcome: 'succeeded' })).toEqual([]);
  });
});
