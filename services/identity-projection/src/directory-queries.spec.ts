import type { Reply, UserObject } from '@evident/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from './running-projection.fixture.ts';

let running: RunningProjection;
beforeAll(async () => {
  running = await runProjection();
});
afterAll(() => running.end());

function answered<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}
const refused = (code: string) => ({ ok: false, error: { code } });

describe('a caller', () => {
  const reads = (): Record<string, (credential?: string) => Promise<Reply<unknown>>> => {
    const { queries } = running;
    const as = (credential?: string) => {
      const { credential: _, ...context } = running.asAdministrator();
      return credential === undefined ? context : { ...context, credential };
    };
    const page = { skip: 0, limit: 10 };
    return {
      'get-user': async (credential) => queries.getUser({ id: 1 }, as(credential)),
      'list-users': async (credential) => queries.listUsers(page, as(credential)),
      'get-app': async (credential) => queries.getApp({ id: 1 }, as(credential)),
      'list-apps': async (credential) => queries.listApps(page, as(credential)),
      'list-app-users': async (credential) => queries.listAppUsers({ id: 1, ...page }, as(credential)),
    };
  };
  const queries = ['get-user', 'list-users', 'get-app', 'list-apps', 'list-app-users'];

  it.each(queries)('without a credential gets nothing of %s', async (query) => {
    expect(await reads()[query]?.()).toMatchObject(refused('caller.not-authenticated'));
  });

  it.each(queries)('with a bad credential gets nothing of %s', async (query) => {
    expect(await reads()[query]?.('not.a.token')).toMatchObject(refused('caller.bad-credential'));
  });

  it.each(queries)('without the scope gets nothing of %s', async (query) => {
    const somebody = await running.people.addUser();
    const credential = await running.tokens.issue(somebody.uid);
    expect(await reads()[query]?.(credential)).toMatchObject(refused('caller.not-permitted'));
  });

  it('of another tenant gets nothing of any query, whatever the credential', async () => {
    const context = { ...running.asAdministrator(), tenant: 'other' };
    const { findSignIn, getRevocations, getStatus, listOpenClaims, listUsers } = running.queries;
    const replies = [
      await listUsers({ skip: 0, limit: 10 }, context),
      await findSignIn({ identifier: { kind: 'username', lookup: 'k1.x' } }, context),
      await getRevocations({ since: 0 }, context),
      await getStatus({}, context),
      await listOpenClaims({ before: 1, limit: 1 }, context),
    ];
    for (const reply of replies) expect(reply).toMatchObject(refused('request.invalid'));
  });

  it('who was an administrator until a moment ago gets nothing, however late the rows are', async () => {
    const second = await running.people.addUser({ isAdmin: true });
    const credential = await running.tokens.issue(second.uid);
    expect(await reads()['list-users']?.(credential)).toMatchObject({ ok: true });
    await running.people.changeUser(second.uid, { type: 'change-user', isAdmin: false });
    expect(await reads()['list-users']?.(credential)).toMatchObject(refused('caller.bad-credential'));
  });
});

describe('a user', () => {
  it('is shown with the integer ids of the apps, and with no hash', async () => {
    const { people, queries } = running;
    const [wiki, chat] = [await people.addApp(), await people.addApp()];
    const bob = await people.addUser({ username: 'Bob', email: 'Bob@Example.com', passwordHash: 'sealed-hash' });
    for (const app of [chat, wiki]) {
      await people.changeUser(bob.uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    }
    const position = await people.changeUser(bob.uid, { type: 'change-user', isActive: false });
    const reply = await queries.getUser({ id: bob.number }, running.asAdministrator(position));
    expect(answered(reply)).toEqual({
      uid: bob.uid,
      number: bob.number,
      username: 'Bob',
      email: 'Bob@Example.com',
      isActive: false,
      isAdmin: false,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      apps: [wiki.number, chat.number],
    });
    expect(JSON.stringify(reply)).not.toContain('sealed-hash');
  });

  it('loses a removed app from the list of apps', async () => {
    const { people, queries } = running;
    const app = await people.addApp();
    const user = await people.addUser();
    await people.changeUser(user.uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    const position = await people.changeApp(app.uid, { type: 'remove-app', now: Date.now() });
    const asked = running.asAdministrator(position);
    expect(answered(await queries.getUser({ id: user.number }, asked)).apps).toEqual([]);
    expect(await queries.getApp({ id: app.number }, asked)).toMatchObject(refused('app.unknown'));
    expect(await queries.listAppUsers({ id: app.number, skip: 0, limit: 10 }, asked)).toMatchObject(
      refused('app.unknown'),
    );
  });

  it('who was removed is unknown, in no list and in no count', async () => {
    const { people, queries } = running;
    const app = await people.addApp();
    const user = await people.addUser();
    const assigned = { type: 'assign-app', appId: app.uid, appNumber: app.number } as const;
    const before = await people.changeUser(user.uid, assigned);
    const list = async (position: string) =>
      answered(await queries.listUsers({ skip: 0, limit: 1000 }, running.asAdministrator(position)));
    const { users, total } = await list(before);
    expect(users).toHaveLength(total);
    const position = await people.changeUser(user.uid, { type: 'remove-user' });
    const asked = running.asAdministrator(position);
    expect(await queries.getUser({ id: user.number }, asked)).toMatchObject(refused('user.unknown'));
    const after = await list(position);
    expect(after.users).toEqual(users.filter(({ uid }) => uid !== user.uid));
    expect(after.total).toBe(total - 1);
    const appUsers = await queries.listAppUsers({ id: app.number, skip: 0, limit: 10 }, asked);
    expect(answered(appUsers)).toEqual({ users: [], total: 0 });
    const found = await queries.listUsers({ skip: 0, limit: 10, q: user.username }, asked);
    expect(answered(found)).toEqual({ users: [], total: 0 });
  });

  it.each([0, -1, 999_999, Number.MAX_SAFE_INTEGER])('with the id %i is unknown', async (id) => {
    expect(await running.queries.getUser({ id }, running.asAdministrator())).toMatchObject(refused('user.unknown'));
    expect(await running.queries.getApp({ id }, running.asAdministrator())).toMatchObject(refused('app.unknown'));
  });
});

describe('lists', () => {
  it('go by integer id, page by page, each with the total', async () => {
    const { people, queries } = running;
    const app = await people.addApp({ name: 'Paged' });
    const added = [];
    for (let count = 0; count < 7; count++) added.push(await people.addUser());
    let position: string = app.position;
    // Assigned in another order than that of the ids.
    for (const { uid } of added.toReversed()) {
      position = await people.changeUser(uid, { type: 'assign-app', appId: app.uid, appNumber: app.number });
    }
    const asked = running.asAdministrator(position);
    const pages: number[][] = [];
    for (let skip = 0; skip < 9; skip += 3) {
      const page = answered(await queries.listAppUsers({ id: app.number, skip, limit: 3 }, asked));
      expect(page.total).toBe(7);
      pages.push(page.users.map(({ number }) => number));
    }
    const numbers = added.map(({ number }) => number);
    expect(pages).toEqual([numbers.slice(0, 3), numbers.slice(3, 6), numbers.slice(6)]);
    const apps = answered(await queries.listApps({ skip: 0, limit: 1000 }, asked));
    expect(apps.apps.map(({ number }) => number)).toEqual(apps.apps.map(({ number }) => number).sort((a, b) => a - b));
    expect(apps.apps).toHaveLength(apps.total);
    expect(apps.apps.at(-1)).toMatchObject({ uid: app.uid, name: 'Paged' });
  });

  it('hold active or inactive users alone where asked', async () => {
    const { people, queries } = running;
    const user = await people.addUser();
    const position = await people.changeUser(user.uid, { type: 'change-user', isActive: false });
    const list = async (isActive: boolean) =>
      answered(await queries.listUsers({ skip: 0, limit: 1000, isActive }, running.asAdministrator(position)));
    const [active, inactive] = [await list(true), await list(false)];
    const uids = (users: readonly UserObject[]) => users.map(({ uid }) => uid);
    expect(uids(inactive.users)).toContain(user.uid);
    expect(uids(active.users)).not.toContain(user.uid);
    for (const { users, total } of [active, inactive]) expect(users).toHaveLength(total);
  });

  it('find names and addresses by how they begin, whatever their case and width, by integer id', async () => {
    const { people, queries } = running;
    const named = await people.addUser({ username: 'Ｚoe', email: 'z1@example.com' });
    const addressed = await people.addUser({ username: 'other', email: 'ZOE@example.com' });
    const twice = await people.addUser({ username: 'zoe2', email: 'zoe2@example.com' });
    const position = await people.changeUser(addressed.uid, { type: 'change-user', isActive: false });
    const find = async (q: string, more: { skip?: number; limit?: number; isActive?: boolean } = {}) => {
      const query = { skip: 0, limit: 10, q, ...more };
      const { users, total } = answered(await queries.listUsers(query, running.asAdministrator(position)));
      return { numbers: users.map(({ number }) => number), total };
    };
    const all = [named.number, addressed.number, twice.number];
    expect(await find('zOE')).toEqual({ numbers: all, total: 3 });
    expect(await find('ｚoe', { skip: 1, limit: 1 })).toEqual({ numbers: [addressed.number], total: 3 });
    expect(await find('zoe', { isActive: true })).toEqual({ numbers: [named.number, twice.number], total: 2 });
    expect(await find('zoe%')).toEqual({ numbers: [], total: 0 });
    expect(await find('oe')).toEqual({ numbers: [], total: 0 });
    expect(await find('\ud800')).toEqual({ numbers: [], total: 0 });
  });
});
