import { freePort, startService } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { type AccessStage, base, missing, unique } from './access-stage.ts';
import { type Body, call } from './http.ts';
import { withoutOtherGateways } from './shape.ts';

/** What holds now of roles and workspaces, and for whom. */
export function rolesAndWorkspacesSuite(stage: AccessStage): void {
  const { shape, sso, made, role, workspace, change, somebody } = stage;
  const alone = withoutOtherGateways(shape);

  describe('a role', () => {
    it('is assigned by slug, name or id, shows in the token by its slug, and holds at the next request', async () => {
      const roles = [await role({ scopes: ['read:sso/role'] }), await role(), await role()];
      const person = await somebody();
      expect(await person.sso('/roles')).toMatchObject(missing('read:sso/role'));
      const named = [roles[0].slug, roles[1].name, roles[2].id];
      const slugs = roles.map(({ slug }) => slug);
      expect((await change(`/users/${person.id}`, { roles: named })).roles).toEqual(slugs);
      expect(await person.sso('/roles')).toMatchObject({ status: 200, body: { total: expect.any(Number) } });
      expect((await person.sso('/me')).body.roles).toEqual(slugs);
      await change(`/users/${person.id}`, { roles: [] });
      expect(await person.sso('/roles')).toMatchObject(missing('read:sso/role'));
    });

    it.each<[string, (ids: { role: string; user: string }) => Promise<unknown>]>([
      ['is taken from the user', ({ user }) => change(`/users/${user}`, { roles: [] })],
      ['is put to rest', ({ role: id }) => change(`/roles/${id}`, { is_active: false })],
      ['loses the scope', ({ role: id }) => change(`/roles/${id}`, { scopes: ['read:sso/workspace'] })],
      ['is removed', ({ role: id }) => sso(`/roles/${id}`, { method: 'DELETE' })],
    ])(
      'that %s gives nothing at the very next request, for commands and queries, and ends no session',
      async (_what, take) => {
        const { id } = await role({ scopes: ['read:sso/role', 'create:sso/role'] });
        const person = await somebody({ roles: [id] });
        const asks = async () => [
          (await person.sso('/roles')).status,
          (await person.sso('/roles', { json: { name: unique('Own') } })).status,
        ];
        expect(await asks()).toEqual([200, 201]);
        await take({ role: id, user: person.id });
        expect(await asks()).toEqual([403, 403]);
        expect((await person.sso('/me')).status).toBe(200);
      },
    );

    it.skipIf(alone !== '')(`that is taken away gives nothing at another gateway either${alone}`, async () => {
      const port = await freePort();
      const publicUrl = stage.evident.url.replace('127.0.0.1', 'localhost');
      const env = { NATS_URL: shape.natsUrl ?? '', PORT: String(port), PUBLIC_URL: publicUrl, RATE_LIMIT: 'off' };
      const gateway = await startService('gateway', env).ready;
      const { id } = await role({ scopes: ['read:sso/role', 'create:sso/role'] });
      const person = await somebody({ roles: [id] });
      const there = (path: string, json?: object) =>
        call({ url: `http://127.0.0.1:${port}` }, `${base}${path}`, {
          token: person.token,
          ...(json === undefined ? {} : { json }),
        });
      expect((await there('/roles')).status).toBe(200);
      await change(`/users/${person.id}`, { roles: [] });
      // Gateways know nothing of scopes: the services behind them ask the log each time.
      expect(await there('/roles')).toMatchObject(missing('read:sso/role'));
      expect(await there('/roles', { name: 'x' })).toMatchObject(missing('create:sso/role'));
      await gateway.stop();
    });

    it('has a slug that is nobody else’s, which is free again when it is removed', async () => {
      const { slug, id } = await role({ name: 'Night Watch' });
      expect(await sso('/roles', { json: { name: 'Other', slug } })).toMatchObject({ status: 409 });
      const removed = await sso(`/roles/${id}`, { method: 'DELETE' });
      expect(removed).toMatchObject({ status: 200, body: { id, is_deleted: true } });
      expect((await sso(`/roles/${id}`)).status).toBe(404);
      expect((await role({ slug })).slug).toBe(slug);
    });
  });

  describe('a workspace', () => {
    it('gives its members what their roles say in it, until they leave or it is put to rest', async () => {
      const [team, other] = [await workspace(), await workspace()];
      const editor = await role({ scopes: ['update:sso/workspace', 'read:sso/user'] });
      const person = await somebody();
      const rename = (id: string) =>
        person.sso(`/workspaces/${id}`, { method: 'PATCH', json: { description: unique('d') } });
      const join = () => made(`/workspaces/${team.id}/members`, { user_id: person.id, roles: [editor.slug] });
      expect(await rename(team.id)).toMatchObject(missing('update:sso/workspace'));
      expect(await join()).toMatchObject({ id: person.id, roles: [editor.slug], workspace_id: team.id });
      expect((await rename(team.id)).status).toBe(200);
      expect(await rename(other.id)).toMatchObject(missing('update:sso/workspace'));
      const shown = await person.sso(`/workspaces/${team.id}/users`);
      expect(shown.body.items.map(({ id }: Body) => id)).toContain(person.id);
      expect((await person.sso('/users')).body.items.map(({ id }: Body) => id)).toEqual(
        shown.body.items.map(({ id }: Body) => id).toSorted((a: string) => (a === person.id ? 1 : -1)),
      );
      await change(`/workspaces/${team.id}`, { is_active: false });
      expect(await rename(team.id)).toMatchObject(missing('update:sso/workspace'));
      await change(`/workspaces/${team.id}`, { is_active: true });
      expect((await rename(team.id)).status).toBe(200);
      await sso(`/workspaces/${team.id}/members/${person.id}`, { method: 'DELETE' });
      expect(await rename(team.id)).toMatchObject(missing('update:sso/workspace'));
      await join();
      await sso(`/workspaces/${team.id}`, { method: 'DELETE' });
      expect(await rename(team.id)).toMatchObject(missing('update:sso/workspace'));
    });

    it('is one’s own by being in it: its maker first', async () => {
      const person = await somebody({ scopes: ['create:sso/workspace'] });
      const { status, body: team } = await person.sso('/workspaces', { json: { name: 'My Team' } });
      expect([status, team]).toMatchObject([201, { name: 'My Team', user_id: person.uid }]);
      const mine = async () => (await person.sso('/workspaces/mine')).body.items.map(({ id }: Body) => id);
      expect(await mine()).toEqual([team.id]);
      await change(`/users/${person.id}`, { scopes: [] });
      expect((await person.sso(`/workspaces/${team.id}`)).body).toEqual(team);
      const members = (await sso(`/workspaces/${team.id}/members`)).body;
      expect(members).toMatchObject({ total: 1, items: [{ id: person.id, roles: [] }] });
      expect(await person.sso(`/workspaces/${team.id}/members`)).toMatchObject(missing('read:sso/workspace'));
      await sso(`/workspaces/${team.id}/members/${person.id}`, { method: 'DELETE' });
      expect(await mine()).toEqual([]);
      expect(await person.sso(`/workspaces/${team.id}`)).toMatchObject(missing('read:sso/workspace'));
    });
  });

  describe('a list', () => {
    it('shows what the scopes of the caller reach, page by page, and counts no more', async () => {
      const team = await workspace();
      const own = [];
      for (let count = 0; count < 3; count++) own.push((await role({ workspace_id: team.id })).id);
      await role();
      const person = await somebody({ scopes: [`read:sso/role?workspace_id=${team.uid}`] });
      const all = (await person.sso('/roles')).body;
      expect([all.total, all.items.map(({ id }: Body) => id)]).toEqual([3, own]);
      const part = (await person.sso('/roles?page=2&limit=2')).body;
      expect([part.total, part.offset, part.items.map(({ id }: Body) => id)]).toEqual([3, 2, own.slice(2)]);
    });
  });
}
