import { beforeAll, describe, expect, it } from 'vitest';
import type { Administered } from './administered.ts';
import { call } from './http.ts';
import { createApp, createUser, type NewApp, type NewUser, uniqueName, verify } from './objects.ts';

/** Apps with their keys, and who may use which. */
export function asfAppsSuite(stage: Administered): void {
  describe('apps', () => {
    it('shows the key once, its prefix for ever', async () => {
      const { body: app } = await createApp(stage.evident, stage.token);
      expect(app.api_key.startsWith(app.api_key_prefix ?? '')).toBe(true);
      const read = await call(stage.evident, `/apps/${app.id}`, { token: stage.token });
      expect(read.body.api_key).toBeUndefined();
      expect(read.body.api_key_prefix).toBe(app.api_key.slice(0, 12));
      expect(JSON.stringify((await call(stage.evident, '/apps/', { token: stage.token })).body)).not.toContain(
        app.api_key,
      );
    });

    it('rotates with grace: both keys count, then a second rotation ends the older one', async () => {
      const user = await createUser(stage.evident, stage.token);
      const { body: app } = await createApp(stage.evident, stage.token);
      await call(stage.evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token: stage.token });
      const rotated = await call(stage.evident, `/apps/${app.id}/rotate-key`, {
        token: stage.token,
        json: { grace_seconds: 600 },
      });
      expect(rotated.body.previous_key_expires_at).toMatch(/^\d{4}-/);
      expect((await verify(stage.evident, user, app.api_key)).body.authorized).toBe(true);
      expect((await verify(stage.evident, user, rotated.body.api_key)).body.authorized).toBe(true);
      const again = await call(stage.evident, `/apps/${app.id}/rotate-key`, { method: 'POST', token: stage.token });
      expect(again.body.previous_key_expires_at).toBeNull();
      expect((await verify(stage.evident, user, app.api_key)).body.message).toBe('Invalid API key');
      expect((await verify(stage.evident, user, rotated.body.api_key)).body.message).toBe('Invalid API key');
      expect((await verify(stage.evident, user, again.body.api_key)).body.authorized).toBe(true);
    });

    it('takes a removed app out of every user and ends its key', async () => {
      const user = await createUser(stage.evident, stage.token);
      const { body: app } = await createApp(stage.evident, stage.token);
      await call(stage.evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token: stage.token });
      expect((await call(stage.evident, `/users/${user.body.id}`, { token: stage.token })).body.apps).toEqual([app.id]);
      expect((await call(stage.evident, `/apps/${app.id}/users`, { token: stage.token })).body).toMatchObject([
        { id: user.body.id },
      ]);
      expect((await call(stage.evident, `/apps/${app.id}`, { method: 'DELETE', token: stage.token })).status).toBe(204);
      expect((await call(stage.evident, `/users/${user.body.id}`, { token: stage.token })).body.apps).toEqual([]);
      expect((await verify(stage.evident, user, app.api_key)).body.message).toBe('Invalid API key');
    });
  });

  describe('POST /verify', () => {
    let user: NewUser;
    let app: NewApp;
    beforeAll(async () => {
      user = await createUser(stage.evident, stage.token);
      app = await createApp(stage.evident, stage.token);
    });
    const assign = (method: 'POST' | 'DELETE') =>
      call(stage.evident, `/users/${user.body.id}/assign/${app.body.id}`, { method, token: stage.token });

    it('walks the table: not assigned, assigned, disabled, enabled, unassigned', async () => {
      const ask = async () => (await verify(stage.evident, user, app.body.api_key)).body;
      expect(await ask()).toEqual({ authorized: false, message: 'User not authorized for this application' });
      expect((await assign('POST')).body).toEqual({ message: 'User assigned to application' });
      expect((await assign('POST')).body).toEqual({ message: 'User assigned to application' });
      const { uid: _, ...printed } = user.body;
      expect(await ask()).toEqual({ authorized: true, message: 'Authorized', user: printed });
      await call(stage.evident, `/users/${user.body.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { is_active: false },
      });
      expect(await ask()).toEqual({ authorized: false, message: 'User account is inactive' });
      await call(stage.evident, `/users/${user.body.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { is_active: true },
      });
      expect((await ask()).authorized).toBe(true);
      expect((await assign('DELETE')).body).toEqual({ message: 'User unassigned from application' });
      expect((await ask()).authorized).toBe(false);
    });

    it('finds the user by address too', async () => {
      await assign('POST');
      const byAddress = { ...user, username: user.email };
      expect((await verify(stage.evident, byAddress, app.body.api_key)).body.authorized).toBe(true);
    });

    it('answers an unknown user, a wrong password and a disabled user with a wrong password with the same bytes', async () => {
      const disabled = await createUser(stage.evident, stage.token);
      await call(stage.evident, `/users/${disabled.body.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { is_active: false },
      });
      const wrong = await Promise.all(
        [{ username: uniqueName() }, user, disabled].map(({ username }) =>
          verify(stage.evident, { username, password: 'not the password' }, app.body.api_key),
        ),
      );
      expect(new Set(wrong.map(({ body }) => JSON.stringify(body)))).toEqual(
        new Set([JSON.stringify({ authorized: false, message: 'Invalid username or password' })]),
      );
    });

    it('does not exempt administrators from assignment', async () => {
      const answer = await verify(stage.evident, stage.evident.administrator, app.body.api_key);
      expect(answer.body.message).toBe('User not authorized for this application');
    });

    it('says nothing about the user before the key was right', async () => {
      const answer = await verify(stage.evident, user, `${app.body.api_key.slice(0, -1)}!`);
      expect(answer.body).toEqual({ authorized: false, message: 'Invalid API key' });
    });
  });

  describe('a repeated command', () => {
    it('with the same Idempotency-Key acts once and shows the same key', async () => {
      const headers = { 'idempotency-key': uniqueName() };
      const json = { name: 'Twice', url: 'https://twice.example.com' };
      const [first, second] = await Promise.all([
        call(stage.evident, '/apps/', { token: stage.token, json, headers }),
        call(stage.evident, '/apps/', { token: stage.token, json, headers }),
      ]);
      expect(first.body).toEqual(second.body);
      const other = await call(stage.evident, '/apps/', {
        token: stage.token,
        json: { ...json, name: 'Other' },
        headers,
      });
      expect(other.status).toBe(422);
    });
  });
}
