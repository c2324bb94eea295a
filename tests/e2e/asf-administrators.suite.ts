import { describe, expect, it } from 'vitest';
import type { Administered } from './administered.ts';
import { type Body, call } from './http.ts';
import { createUser } from './objects.ts';

/** Administrators: their tokens, and the last one of them. */
export function asfAdministratorsSuite(stage: Administered): void {
  describe('tokens', () => {
    it('are for administrators: 401 for a wrong password, 403 for a right one of somebody else', async () => {
      const user = await createUser(stage.evident, stage.token);
      const wrong = await call(stage.evident, '/token', {
        form: { username: user.username, password: 'not the password' },
      });
      expect(wrong).toMatchObject({ status: 401, body: { detail: 'Incorrect username or password' } });
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
      const right = await call(stage.evident, '/token', { form: { username: user.username, password: user.password } });
      expect(right).toMatchObject({ status: 403, body: { detail: 'Not an administrator' } });
    });

    it('end at the next request when their user is demoted, and one issued after a new password works at once', async () => {
      const user = await createUser(stage.evident, stage.token, { is_admin: true });
      const credentials = { username: user.username, password: user.password };
      const { body } = await call(stage.evident, '/token', { form: credentials });
      const theirs = body.access_token;
      expect((await call(stage.evident, '/users/', { token: theirs })).status).toBe(200);
      await call(stage.evident, `/users/${user.body.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { password: 'another password 2' },
      });
      expect((await call(stage.evident, '/users/', { token: theirs })).status).toBe(401);
      const again = await call(stage.evident, '/token', { form: { ...credentials, password: 'another password 2' } });
      expect((await call(stage.evident, '/users/', { token: again.body.access_token })).status).toBe(200);
      await call(stage.evident, `/users/${user.body.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { is_admin: false },
      });
      expect((await call(stage.evident, '/users/', { token: again.body.access_token })).status).toBe(401);
    });

    it('are refused without, tampered with, and of another issuer', async () => {
      expect(await call(stage.evident, '/users/')).toMatchObject({
        status: 401,
        body: { detail: 'Not authenticated' },
      });
      const [header, payload, signature = ''] = stage.token.split('.');
      const other = signature.startsWith('A') ? 'B' : 'A';
      const tampered = `${header}.${payload}.${other}${signature.slice(1)}`;
      expect(await call(stage.evident, '/users/', { token: tampered })).toMatchObject({
        status: 401,
        body: { detail: 'Could not validate credentials' },
      });
    });
  });

  describe('the last active administrator', () => {
    it('can be neither disabled, demoted nor removed', async () => {
      const { body: admins } = await call(stage.evident, '/users/?q=admin', { token: stage.token });
      const { id } = admins.find((user: Body) => user.username === 'admin');
      const detail = 'The last active administrator cannot be disabled, demoted or removed';
      for (const json of [{ is_active: false }, { is_admin: false }]) {
        expect(await call(stage.evident, `/users/${id}`, { method: 'PUT', token: stage.token, json })).toMatchObject({
          status: 409,
          body: { detail },
        });
      }
      expect((await call(stage.evident, `/users/${id}`, { method: 'DELETE', token: stage.token })).status).toBe(409);
    });

    it('is one of two who demote each other at once', async () => {
      const second = await createUser(stage.evident, stage.token, { is_admin: true });
      const { body } = await call(stage.evident, '/token', {
        form: { username: second.username, password: second.password },
      });
      const { body: admins } = await call(stage.evident, '/users/?q=admin', { token: stage.token });
      const { id } = admins.find((user: Body) => user.username === 'admin');
      const answers = await Promise.all([
        call(stage.evident, `/users/${second.body.id}`, {
          method: 'PUT',
          token: stage.token,
          json: { is_admin: false },
        }),
        call(stage.evident, `/users/${id}`, { method: 'PUT', token: body.access_token, json: { is_admin: false } }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      if (answers[1]?.status === 200) {
        // The other one won: the first gets its standing back for the suites that follow.
        await call(stage.evident, `/users/${id}`, {
          method: 'PUT',
          token: body.access_token,
          json: { is_admin: true },
        });
        await stage.signInAgain();
      }
    });
  });
}
