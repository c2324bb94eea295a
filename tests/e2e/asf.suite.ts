import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Body, call } from './http.ts';
import { createApp, createUser, type NewApp, type NewUser, uniqueName, verify } from './objects.ts';
import type { Shape } from './shape.ts';

/** The ASF contract (api/asf.md) end to end, on whichever deployment. */
export function asfSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`ASF contract on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let token: string;

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off' });
      token = await adminToken(evident);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

    describe('users', () => {
      it('answers 201 with exactly the user that was made, and lists it at once', async () => {
        const { body: user, answer } = await createUser(evident, token);
        expect(answer.status).toBe(201);
        expect(Object.keys(user).toSorted()).toEqual(
          ['created_at', 'email', 'id', 'is_active', 'is_admin', 'uid', 'updated_at', 'username'].toSorted(),
        );
        expect(user.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
        const listed = await call(evident, `/users/?q=${user.username}`, { token });
        expect(listed.body).toEqual([user]);
        expect((await call(evident, `/users/${user.id}`, { token })).body).toEqual({ ...user, apps: [] });
      });

      it('answers 409 for a name or address that is taken, in any case and width', async () => {
        const { body: user, username, email } = await createUser(evident, token);
        const taken = { username: username.toUpperCase(), email: `x${email}`, password: 'some password 1' };
        expect(await call(evident, '/users/', { token, json: taken })).toMatchObject({
          status: 409,
          body: { detail: 'Username already registered' },
        });
        const wide = username.replace(/[a-z]/g, (letter) =>
          String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0),
        );
        expect((await call(evident, '/users/', { token, json: { ...taken, username: wide } })).status).toBe(409);
        const address = { username: uniqueName(), email: email.toUpperCase(), password: 'some password 1' };
        expect(await call(evident, '/users/', { token, json: address })).toMatchObject({
          status: 409,
          body: { detail: 'Email already registered' },
        });
        expect(user.id).toBeGreaterThan(0);
      });

      it('changes what is named, all or nothing, and gives the old address free', async () => {
        const { body: user, email } = await createUser(evident, token);
        const other = await createUser(evident, token);
        const refused = await call(evident, `/users/${user.id}`, {
          method: 'PUT',
          token,
          json: { is_active: false, email: other.email },
        });
        expect(refused.status).toBe(409);
        expect((await call(evident, `/users/${user.id}`, { token })).body.is_active).toBe(true);
        const changed = await call(evident, `/users/${user.id}`, {
          method: 'PUT',
          token,
          json: { email: `new-${email}` },
        });
        expect(changed).toMatchObject({ status: 200, body: { email: `new-${email}`, is_active: true } });
        const again = await call(evident, '/users/', {
          token,
          json: { username: uniqueName(), email, password: 'some password 1' },
        });
        expect(again.status).toBe(201);
      });

      it('removes for ever: 404 afterwards, not listed, the name stays reserved', async () => {
        const { body: user, username } = await createUser(evident, token);
        expect((await call(evident, `/users/${user.id}`, { method: 'DELETE', token })).status).toBe(204);
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const json = method === 'PUT' ? { json: {} } : {};
          expect((await call(evident, `/users/${user.id}`, { method, token, ...json })).status).toBe(404);
        }
        expect((await call(evident, `/users/?q=${username}`, { token })).body).toEqual([]);
        const again = { username, email: `other-${username}@example.com`, password: 'some password 1' };
        expect((await call(evident, '/users/', { token, json: again })).status).toBe(409);
      });

      it('pages by id with a total', async () => {
        const first = await call(evident, '/users/?skip=0&limit=2', { token });
        expect(first.body).toHaveLength(2);
        const second = await call(evident, '/users/?skip=2&limit=2', { token });
        const ids = [...first.body, ...second.body].map((user: Body) => user.id);
        expect(ids).toEqual(ids.toSorted((a: number, b: number) => a - b));
        expect(Number(first.headers.get('x-total-count'))).toBeGreaterThanOrEqual(4);
      });
    });

    describe('apps', () => {
      it('shows the key once, its prefix for ever', async () => {
        const { body: app } = await createApp(evident, token);
        expect(app.api_key.startsWith(app.api_key_prefix ?? '')).toBe(true);
        const read = await call(evident, `/apps/${app.id}`, { token });
        expect(read.body.api_key).toBeUndefined();
        expect(read.body.api_key_prefix).toBe(app.api_key.slice(0, 12));
        expect(JSON.stringify((await call(evident, '/apps/', { token })).body)).not.toContain(app.api_key);
      });

      it('rotates with grace: both keys count, then a second rotation ends the older one', async () => {
        const user = await createUser(evident, token);
        const { body: app } = await createApp(evident, token);
        await call(evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token });
        const rotated = await call(evident, `/apps/${app.id}/rotate-key`, { token, json: { grace_seconds: 600 } });
        expect(rotated.body.previous_key_expires_at).toMatch(/^\d{4}-/);
        expect((await verify(evident, user, app.api_key)).body.authorized).toBe(true);
        expect((await verify(evident, user, rotated.body.api_key)).body.authorized).toBe(true);
        const again = await call(evident, `/apps/${app.id}/rotate-key`, { method: 'POST', token });
        expect(again.body.previous_key_expires_at).toBeNull();
        expect((await verify(evident, user, app.api_key)).body.message).toBe('Invalid API key');
        expect((await verify(evident, user, rotated.body.api_key)).body.message).toBe('Invalid API key');
        expect((await verify(evident, user, again.body.api_key)).body.authorized).toBe(true);
      });

      it('takes a removed app out of every user and ends its key', async () => {
        const user = await createUser(evident, token);
        const { body: app } = await createApp(evident, token);
        await call(evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token });
        expect((await call(evident, `/users/${user.body.id}`, { token })).body.apps).toEqual([app.id]);
        expect((await call(evident, `/apps/${app.id}/users`, { token })).body).toMatchObject([{ id: user.body.id }]);
        expect((await call(evident, `/apps/${app.id}`, { method: 'DELETE', token })).status).toBe(204);
        expect((await call(evident, `/users/${user.body.id}`, { token })).body.apps).toEqual([]);
        expect((await verify(evident, user, app.api_key)).body.message).toBe('Invalid API key');
      });
    });

    describe('POST /verify', () => {
      let user: NewUser;
      let app: NewApp;
      beforeAll(async () => {
        user = await createUser(evident, token);
        app = await createApp(evident, token);
      });
      const assign = (method: 'POST' | 'DELETE') =>
        call(evident, `/users/${user.body.id}/assign/${app.body.id}`, { method, token });

      it('walks the table: not assigned, assigned, disabled, enabled, unassigned', async () => {
        const ask = async () => (await verify(evident, user, app.body.api_key)).body;
        expect(await ask()).toEqual({ authorized: false, message: 'User not authorized for this application' });
        expect((await assign('POST')).body).toEqual({ message: 'User assigned to application' });
        expect((await assign('POST')).body).toEqual({ message: 'User assigned to application' });
        const { uid: _, ...printed } = user.body;
        expect(await ask()).toEqual({ authorized: true, message: 'Authorized', user: printed });
        await call(evident, `/users/${user.body.id}`, { method: 'PUT', token, json: { is_active: false } });
        expect(await ask()).toEqual({ authorized: false, message: 'User account is inactive' });
        await call(evident, `/users/${user.body.id}`, { method: 'PUT', token, json: { is_active: true } });
        expect((await ask()).authorized).toBe(true);
        expect((await assign('DELETE')).body).toEqual({ message: 'User unassigned from application' });
        expect((await ask()).authorized).toBe(false);
      });

      it('finds the user by address too', async () => {
        await assign('POST');
        const byAddress = { ...user, username: user.email };
        expect((await verify(evident, byAddress, app.body.api_key)).body.authorized).toBe(true);
      });

      it('answers an unknown user, a wrong password and a disabled user with a wrong password with the same bytes', async () => {
        const disabled = await createUser(evident, token);
        await call(evident, `/users/${disabled.body.id}`, { method: 'PUT', token, json: { is_active: false } });
        const wrong = await Promise.all(
          [{ username: uniqueName() }, user, disabled].map(({ username }) =>
            verify(evident, { username, password: 'not the password' }, app.body.api_key),
          ),
        );
        expect(new Set(wrong.map(({ body }) => JSON.stringify(body)))).toEqual(
          new Set([JSON.stringify({ authorized: false, message: 'Invalid username or password' })]),
        );
      });

      it('does not exempt administrators from assignment', async () => {
        const answer = await verify(evident, evident.administrator, app.body.api_key);
        expect(answer.body.message).toBe('User not authorized for this application');
      });

      it('says nothing about the user before the key was right', async () => {
        const answer = await verify(evident, user, `${app.body.api_key.slice(0, -1)}!`);
        expect(answer.body).toEqual({ authorized: false, message: 'Invalid API key' });
      });
    });

    describe('tokens', () => {
      it('are for administrators: 401 for a wrong password, 403 for a right one of somebody else', async () => {
        const user = await createUser(evident, token);
        const wrong = await call(evident, '/token', {
          form: { username: user.username, password: 'not the password' },
        });
        expect(wrong).toMatchObject({ status: 401, body: { detail: 'Incorrect username or password' } });
        expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
        const right = await call(evident, '/token', { form: { username: user.username, password: user.password } });
        expect(right).toMatchObject({ status: 403, body: { detail: 'Not an administrator' } });
      });

      it('end at the next request when their user is demoted, and one issued after a new password works at once', async () => {
        const user = await createUser(evident, token, { is_admin: true });
        const credentials = { username: user.username, password: user.password };
        const { body } = await call(evident, '/token', { form: credentials });
        const theirs = body.access_token;
        expect((await call(evident, '/users/', { token: theirs })).status).toBe(200);
        await call(evident, `/users/${user.body.id}`, {
          method: 'PUT',
          token,
          json: { password: 'another password 2' },
        });
        expect((await call(evident, '/users/', { token: theirs })).status).toBe(401);
        const again = await call(evident, '/token', { form: { ...credentials, password: 'another password 2' } });
        expect((await call(evident, '/users/', { token: again.body.access_token })).status).toBe(200);
        await call(evident, `/users/${user.body.id}`, { method: 'PUT', token, json: { is_admin: false } });
        expect((await call(evident, '/users/', { token: again.body.access_token })).status).toBe(401);
      });

      it('are refused without, tampered with, and of another issuer', async () => {
        expect(await call(evident, '/users/')).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } });
        const [header, payload, signature = ''] = token.split('.');
        const other = signature.startsWith('A') ? 'B' : 'A';
        const tampered = `${header}.${payload}.${other}${signature.slice(1)}`;
        expect(await call(evident, '/users/', { token: tampered })).toMatchObject({
          status: 401,
          body: { detail: 'Could not validate credentials' },
        });
      });
    });

    describe('the last active administrator', () => {
      it('can be neither disabled, demoted nor removed', async () => {
        const { body: admins } = await call(evident, '/users/?q=admin', { token });
        const { id } = admins.find((user: Body) => user.username === 'admin');
        const detail = 'The last active administrator cannot be disabled, demoted or removed';
        for (const json of [{ is_active: false }, { is_admin: false }]) {
          expect(await call(evident, `/users/${id}`, { method: 'PUT', token, json })).toMatchObject({
            status: 409,
            body: { detail },
          });
        }
        expect((await call(evident, `/users/${id}`, { method: 'DELETE', token })).status).toBe(409);
      });

      it('is one of two who demote each other at once', async () => {
        const second = await createUser(evident, token, { is_admin: true });
        const { body } = await call(evident, '/token', {
          form: { username: second.username, password: second.password },
        });
        const { body: admins } = await call(evident, '/users/?q=admin', { token });
        const { id } = admins.find((user: Body) => user.username === 'admin');
        const answers = await Promise.all([
          call(evident, `/users/${second.body.id}`, { method: 'PUT', token, json: { is_admin: false } }),
          call(evident, `/users/${id}`, { method: 'PUT', token: body.access_token, json: { is_admin: false } }),
        ]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        if (answers[1]?.status === 200) {
          // The other one won: the first gets its standing back for the suites that follow.
          await call(evident, `/users/${id}`, { method: 'PUT', token: body.access_token, json: { is_admin: true } });
          token = await adminToken(evident);
        }
      });
    });

    describe('a repeated command', () => {
      it('with the same Idempotency-Key acts once and shows the same key', async () => {
        const headers = { 'idempotency-key': uniqueName() };
        const json = { name: 'Twice', url: 'https://twice.example.com' };
        const [first, second] = await Promise.all([
          call(evident, '/apps/', { token, json, headers }),
          call(evident, '/apps/', { token, json, headers }),
        ]);
        expect(first.body).toEqual(second.body);
        const other = await call(evident, '/apps/', { token, json: { ...json, name: 'Other' }, headers });
        expect(other.status).toBe(422);
      });
    });

    it('makes 64 racing registrations of one name, in variants of case and width, one user', async () => {
      const name = uniqueName();
      const wide = name.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
      const variants = [name, name.toUpperCase(), wide];
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, index) => {
          const json = {
            username: variants[index % 3],
            email: `${name}-${index}@example.com`,
            password: 'some password 1',
          };
          return call(evident, '/users/', { token, json });
        }),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.every((status) => status === 201 || status === 409 || status === 503)).toBe(true);
    });
  });
}
