import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Call, call } from './http.ts';
import { createApp, createUser, uniqueName, verify } from './objects.ts';
import type { Shape } from './shape.ts';

const base = '/api/sso/v1';
const password = 'Correct-Horse-7';

/** People of the USSO contract (api/usso.md) end to end, and one identity with those of the ASF contract. */
export function peopleSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`people on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let token: string;
    const sso = (path: string, options: Call = {}) => call(evident, `${base}${path}`, { token, ...options });
    const stranger = (path: string, json: unknown) => call(evident, `${base}${path}`, { json });
    const create = async (more: object = {}) => {
      const identifier = `${uniqueName()}@example.com`;
      const { body, status } = await sso('/users', { json: { identifier, password, ...more } });
      expect([status, body]).toEqual([201, expect.anything()]);
      return { ...body, identifier };
    };

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off', SELF_REGISTRATION: 'on' });
      token = await adminToken(evident);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

    it('are created, read by either id, listed, changed and removed', async () => {
      const person = await create({ name: 'Ada' });
      expect(person).toMatchObject({ name: 'Ada', is_active: true, activation_status: 'active', roles: [] });
      expect(person.id).toBe(`user:${person.uid}`);
      expect(person.identifiers).toMatchObject([{ type: 'email', verified: true, is_primary: true }]);
      const { identifier, ...answered } = person;
      for (const id of [person.id, person.uid, encodeURIComponent(person.id)]) {
        expect((await sso(`/users/${id}`)).body).toEqual(answered);
      }
      const listed = await sso(`/users?identifier=${encodeURIComponent(identifier)}`);
      expect(listed.body).toEqual({ items: [answered], total: 1, offset: 0, limit: 10 });
      const changed = await sso(`/users/${person.id}`, {
        method: 'PATCH',
        json: { name: null, avatar_url: 'https://example.com/a.png', custom_claims: { team: 'one' }, is_limited: true },
      });
      expect(changed).toMatchObject({
        status: 200,
        body: { name: null, avatar_url: 'https://example.com/a.png', custom_claims: { team: 'one' }, is_limited: true },
      });
      const removed = await sso(`/users/${person.id}`, { method: 'DELETE' });
      expect(removed).toMatchObject({ status: 200, body: { uid: person.uid, is_deleted: true } });
      expect((await sso(`/users/${person.id}`)).status).toBe(404);
      expect((await sso('/users', { json: { identifier, password } })).status).toBe(409);
    });

    it('are listed from either end, and by when they were made, both ends in it', async () => {
      const made = [await create(), await create(), await create()];
      const [first, , last] = made;
      const oldestFirst = made.map(({ uid }) => uid);
      const shown = async (query: string) => {
        const { status, body } = await sso(`/users?${query}`);
        expect([query, status]).toEqual([query, 200]);
        return { uids: body.items.map(({ uid }: { uid: string }) => uid), total: body.total };
      };
      const newest = await shown('sort=-created_at&limit=3');
      expect(newest.uids).toEqual(oldestFirst.toReversed());
      const range = `created_at_from=${first?.created_at}&created_at_to=${last?.created_at}`;
      expect(await shown(range)).toEqual({ uids: oldestFirst, total: 3 });
      expect(await shown(`${range}&sort=-created_at&limit=1`)).toEqual({ uids: [last?.uid], total: 3 });
      const before = await shown(`created_at_to=${new Date(Date.parse(first?.created_at) - 1).toISOString()}`);
      expect(before.total).toBe(newest.total - 3);
    });

    it('hold roles by slug, name or id, all or nothing', async () => {
      const name = `Editors ${uniqueName()}`;
      const { body: role } = await sso('/roles', { json: { name, scopes: ['read:content'] } });
      const person = await create();
      for (const reference of [role.slug, name, role.id, role.uid]) {
        const assigned = await sso(`/users/${person.id}`, { method: 'PATCH', json: { roles: [reference] } });
        expect(assigned).toMatchObject({ status: 200, body: { roles: [role.slug] } });
        await sso(`/users/${person.id}`, { method: 'PATCH', json: { roles: [] } });
      }
      const refused = await sso(`/users/${person.id}`, {
        method: 'PATCH',
        json: { name: 'Other', roles: [role.slug, 'no-such-role'] },
      });
      expect(refused).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'roles'] }] } });
      expect((await sso(`/users/${person.id}`)).body).toMatchObject({ name: null, roles: [] });
      await sso(`/users/${person.id}`, { method: 'PATCH', json: { roles: [role.slug] } });
      expect((await sso(`/users?role=${role.slug}`)).body).toMatchObject({ items: [{ uid: person.uid }], total: 1 });
    });

    it('have several identifiers, of which one of each type is primary', async () => {
      const person = await create();
      const path = `/users/${person.id}/identifiers`;
      const added = await sso(path, { json: { type: 'phone', identifier: '+49 30 7654321' } });
      expect(added).toMatchObject({ status: 201, body: { type: 'phone', is_primary: true, verified: true } });
      const second = await sso(path, { json: { identifier: `second-${person.identifier}` } });
      expect(second).toMatchObject({ status: 201, body: { type: 'email', is_primary: false } });
      const promoted = await sso(`${path}/${second.body.id}`, { method: 'PATCH', json: { is_primary: true } });
      expect(promoted).toMatchObject({ status: 200, body: { is_primary: true } });
      const { body: all } = await sso(path);
      expect(all.items.map((each: { is_primary: boolean }) => each.is_primary)).toEqual([false, true, true]);
      expect(await sso(`${path}/${all.items[0].id}`, { method: 'DELETE' })).toMatchObject({
        status: 200,
        body: { identifier: person.identifier, is_deleted: true },
      });
      expect((await sso(path)).body.total).toBe(2);
      // Free for somebody else now.
      expect((await sso('/users', { json: { identifier: person.identifier } })).status).toBe(201);
    });

    it('have a credential that is never shown, and a profile of their own making', async () => {
      const person = await create();
      const { body: all } = await sso(`/users/${person.id}/credentials`);
      expect(all.items).toMatchObject([{ method: 'password', is_active: true }]);
      expect(JSON.stringify(all)).not.toMatch(/secret|argon2|hash/);
      const removed = await sso(`/users/${person.id}/credentials/${all.items[0].id}`, { method: 'DELETE' });
      expect(removed.status).toBe(200);
      expect((await sso(`/users/${person.id}`)).body.credential_methods).toEqual([]);
      const set = await sso(`/users/${person.id}/credentials`, { json: { method: 'password', secret: password } });
      expect(set.status).toBe(201);
      const written = { user_id: person.id, profile_data: { city: 'Bonn', first_name: 'Ada' } };
      expect((await sso('/profiles', { json: written })).status).toBe(201);
      expect((await sso('/profiles', { json: written })).status).toBe(409);
      const change = { profile_data: { city: null, last_name: 'L.' } };
      const changed = await sso(`/profiles/${person.uid}`, { method: 'PATCH', json: change });
      expect(changed.body.profile_data).toEqual({ first_name: 'Ada', last_name: 'L.' });
      expect((await sso(`/profiles/${person.id}`)).body).toEqual(changed.body);
    });

    it('are one with the users of the other contract', async () => {
      const { body: user, username, email } = await createUser(evident, token);
      const seen = await sso(`/users/${user.uid}`);
      expect(seen.body.identifiers.map((each: { identifier: string }) => each.identifier)).toEqual([username, email]);
      const person = await create();
      const { body: shown } = await call(evident, `/users/?q=${person.identifier}`, { token });
      expect(shown).toMatchObject([{ username: person.identifier, email: person.identifier, uid: person.uid }]);
      const app = await createApp(evident, token);
      await call(evident, `/users/${shown[0].id}/assign/${app.body.id}`, { method: 'POST', token });
      const verified = await verify(evident, { username: person.identifier, password }, app.body.api_key);
      expect(verified.body).toMatchObject({ authorized: true, user: { username: person.identifier } });
    });

    it('sign up, sign in, and change their password, which ends every session', async () => {
      const identifier = `${uniqueName()}@example.com`;
      const signedUp = await stranger('/auth/register', { identifier, secret: password, name: 'Ada' });
      expect(signedUp).toMatchObject({ status: 201, body: { status: 'completed', user: { name: 'Ada', roles: [] } } });
      expect(signedUp.body.user.identifiers).toMatchObject([{ identifier, verified: false, verified_at: null }]);
      const own = { token: signedUp.body.access_token };
      expect((await sso('/users/me', own)).body).toEqual(signedUp.body.user);
      expect((await stranger('/auth/register', { identifier, password })).status).toBe(409);
      expect((await stranger('/auth/register', { identifier })).status).toBe(422);
      const refused = await sso('/users', own);
      expect(refused).toMatchObject({ status: 403, body: { code: 'permission_denied', missing: 'read:sso/user' } });
      const wrong = { old_password: 'not it at all', new_password: 'Battery-Staple-8' };
      expect(await sso('/auth/password', { ...own, json: wrong })).toMatchObject({
        status: 400,
        body: { code: 'wrong_password' },
      });
      const right = { old_password: password, new_password: 'Battery-Staple-8' };
      expect((await sso('/auth/password', { ...own, json: right })).status).toBe(200);
      expect((await sso('/users/me', own)).status).toBe(401);
      const login = (secret: string) => stranger('/auth/login', { identifier, secret });
      expect([(await login(password)).status, (await login('Battery-Staple-8')).status]).toEqual([401, 200]);
    });

    it('whose address nobody verified sign in here, and are unknown to other apps until an administrator says so', async () => {
      const identifier = `${uniqueName()}@example.com`;
      const squatter = await stranger('/auth/register', { identifier, secret: password });
      const { body: app } = await createApp(evident, token);
      const { body: listed } = await call(evident, `/users/?q=${identifier}`, { token });
      await call(evident, `/users/${listed[0].id}/assign/${app.id}`, { method: 'POST', token });
      const asked = () => verify(evident, { username: identifier, password }, app.api_key);
      expect((await asked()).body).toMatchObject({ authorized: false, message: 'Invalid username or password' });
      const rightful = await sso('/users', { json: { identifier, password: 'Battery-Staple-8' } });
      expect(rightful.status).toBe(201);
      expect((await sso(`/users/${squatter.body.user.id}`)).body.identifiers).toEqual([]);
      const login = await stranger('/auth/login', { identifier, secret: 'Battery-Staple-8' });
      expect(login.body.user.uid).toBe(rightful.body.uid);
    });

    it('who are the last administrator stay it', async () => {
      const { body: me } = await sso('/users/me');
      for (const json of [{ is_active: false }, { activation_status: 'banned' }]) {
        expect((await sso(`/users/${me.id}`, { method: 'PATCH', json })).status).toBe(409);
      }
      expect((await sso(`/users/${me.id}`, { method: 'DELETE' })).status).toBe(409);
      expect((await sso('/users/me')).body).toEqual(me);
    });
  });
}
