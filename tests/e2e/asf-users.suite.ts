import { describe, expect, it } from 'vitest';
import type { Administered } from './administered.ts';
import { type Body, call } from './http.ts';
import { createUser, uniqueName } from './objects.ts';

/** Users as administrators see and change them. */
export function asfUsersSuite(stage: Administered): void {
  describe('users', () => {
    it('answers 201 with exactly the user that was made, and lists it at once', async () => {
      const { body: user, answer } = await createUser(stage.evident, stage.token);
      expect(answer.status).toBe(201);
      expect(Object.keys(user).toSorted()).toEqual(
        ['created_at', 'email', 'id', 'is_active', 'is_admin', 'uid', 'updated_at', 'username'].toSorted(),
      );
      expect(user.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      const listed = await call(stage.evident, `/users/?q=${user.username}`, { token: stage.token });
      expect(listed.body).toEqual([user]);
      expect((await call(stage.evident, `/users/${user.id}`, { token: stage.token })).body).toEqual({
        ...user,
        apps: [],
      });
    });

    it('answers 409 for a name or address that is taken, in any case and width', async () => {
      const { body: user, username, email } = await createUser(stage.evident, stage.token);
      const taken = { username: username.toUpperCase(), email: `x${email}`, password: 'some password 1' };
      expect(await call(stage.evident, '/users/', { token: stage.token, json: taken })).toMatchObject({
        status: 409,
        body: { detail: 'Username already registered' },
      });
      const wide = username.replace(/[a-z]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
      expect(
        (await call(stage.evident, '/users/', { token: stage.token, json: { ...taken, username: wide } })).status,
      ).toBe(409);
      const address = { username: uniqueName(), email: email.toUpperCase(), password: 'some password 1' };
      expect(await call(stage.evident, '/users/', { token: stage.token, json: address })).toMatchObject({
        status: 409,
        body: { detail: 'Email already registered' },
      });
      expect(user.id).toBeGreaterThan(0);
    });

    it('changes what is named, all or nothing, and gives the old address free', async () => {
      const { body: user, email } = await createUser(stage.evident, stage.token);
      const other = await createUser(stage.evident, stage.token);
      const refused = await call(stage.evident, `/users/${user.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { is_active: false, email: other.email },
      });
      expect(refused.status).toBe(409);
      expect((await call(stage.evident, `/users/${user.id}`, { token: stage.token })).body.is_active).toBe(true);
      const changed = await call(stage.evident, `/users/${user.id}`, {
        method: 'PUT',
        token: stage.token,
        json: { email: `new-${email}` },
      });
      expect(changed).toMatchObject({ status: 200, body: { email: `new-${email}`, is_active: true } });
      const again = await call(stage.evident, '/users/', {
        token: stage.token,
        json: { username: uniqueName(), email, password: 'some password 1' },
      });
      expect(again.status).toBe(201);
    });

    it('removes for ever: 404 afterwards, not listed, the name stays reserved', async () => {
      const { body: user, username } = await createUser(stage.evident, stage.token);
      expect((await call(stage.evident, `/users/${user.id}`, { method: 'DELETE', token: stage.token })).status).toBe(
        204,
      );
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const json = method === 'PUT' ? { json: {} } : {};
        expect((await call(stage.evident, `/users/${user.id}`, { method, token: stage.token, ...json })).status).toBe(
          404,
        );
      }
      expect((await call(stage.evident, `/users/?q=${username}`, { token: stage.token })).body).toEqual([]);
      const again = { username, email: `other-${username}@example.com`, password: 'some password 1' };
      expect((await call(stage.evident, '/users/', { token: stage.token, json: again })).status).toBe(409);
    });

    it('pages by id with a total', async () => {
      const first = await call(stage.evident, '/users/?skip=0&limit=2', { token: stage.token });
      expect(first.body).toHaveLength(2);
      const second = await call(stage.evident, '/users/?skip=2&limit=2', { token: stage.token });
      const ids = [...first.body, ...second.body].map((user: Body) => user.id);
      expect(ids).toEqual(ids.toSorted((a: number, b: number) => a - b));
      expect(Number(first.headers.get('x-total-count'))).toBeGreaterThanOrEqual(4);
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
        return call(stage.evident, '/users/', { token: stage.token, json });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => status === 201 || status === 409 || status === 503)).toBe(true);
  });
}
