import { randomUUID } from 'node:crypto';
import { type Deployment, freePort, startService } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Body, type Call, call } from './http.ts';
import { uniqueName } from './objects.ts';
import { type Shape, withoutOtherGateways } from './shape.ts';

const base = '/api/sso/v1';
const secret = 'Correct-Horse-7';
const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;

interface SignedIn {
  readonly uid: string;
  readonly id: string;
  readonly token: string;
  readonly sso: (path: string, options?: Call) => ReturnType<typeof call>;
}

/** Roles, scopes and workspaces of the USSO contract (api/usso.md) end to end: what holds now, for whom, and where. */
export function accessSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  const alone = withoutOtherGateways(shape);
  describe.skipIf(shape.missing !== undefined)(`access on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let admin: string;
    const sso = (path: string, options: Call = {}) => call(evident, `${base}${path}`, { token: admin, ...options });
    const made = async (path: string, json: object): Promise<Body> => {
      const { body, status } = await sso(path, { json });
      expect([status, body]).toEqual([201, expect.anything()]);
      return body;
    };
    const role = (more: object = {}) => made('/roles', { name: unique('Role'), ...more });
    const workspace = (more: object = {}) => made('/workspaces', { name: unique('Team'), ...more });
    const change = async (path: string, json: object) => {
      const { body, status } = await sso(path, { method: 'PATCH', json });
      expect([status, body]).toEqual([200, expect.anything()]);
      return body;
    };
    /** Somebody with these grants, signed in. */
    const somebody = async (grants: object = {}): Promise<SignedIn> => {
      const identifier = uniqueName();
      const { id, uid } = await made('/users', { identifier, password: secret, ...grants });
      const { body, status } = await call(evident, `${base}/auth/login`, { json: { identifier, secret } });
      expect([status, body]).toEqual([200, expect.anything()]);
      const token: string = body.access_token;
      return { uid, id, token, sso: (path, options = {}) => call(evident, `${base}${path}`, { token, ...options }) };
    };
    const missing = (scope: string) => ({ status: 403, body: { code: 'permission_denied', missing: scope } });

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off' });
      admin = await adminToken(evident);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

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
        const publicUrl = evident.url.replace('127.0.0.1', 'localhost');
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

    describe('nobody gives more than they have', () => {
      it('by a role, an assignment, a membership, an agent or a key', async () => {
        const scopes = ['manage:sso/role', 'manage:sso/user', 'manage:sso/workspace', 'manage:sso/agent'];
        const manager = await somebody({ scopes: [...scopes, 'create:sso/apikey', 'update:posts'] });
        const target = await somebody();
        const team = await workspace();
        const strong = await role({ scopes: ['delete:posts'] });
        const own = await manager.sso('/roles', { json: { name: unique('Own'), scopes: ['update:posts'] } });
        expect(own.status).toBe(201);
        const patch = (path: string, json: object) => manager.sso(path, { method: 'PATCH', json });
        const tooMuch = ['delete:posts'];
        for (const asked of [
          () => manager.sso('/roles', { json: { name: 'x', scopes: tooMuch } }),
          () => patch(`/roles/${own.body.id}`, { scopes: ['update:posts', ...tooMuch] }),
          () => patch(`/users/${target.id}`, { scopes: tooMuch }),
          () => patch(`/users/${target.id}`, { roles: [strong.slug] }),
          () => patch(`/users/${manager.id}`, { roles: [strong.slug] }),
          () => manager.sso('/users', { json: { identifier: uniqueName(), scopes: tooMuch } }),
          () => manager.sso('/agents', { json: { name: 'x', scopes: tooMuch } }),
        ]) {
          expect(await asked()).toMatchObject(missing('delete:posts'));
        }
        const there = `delete:posts?workspace_id=${team.uid}`;
        const member = { user_id: target.id, role: strong.slug };
        expect(await manager.sso(`/workspaces/${team.id}/members`, { json: member })).toMatchObject(missing(there));
        const inIt = { workspace_roles: { [team.id]: [strong.slug] } };
        expect(await patch(`/users/${target.id}`, inIt)).toMatchObject(missing(there));
        const given = await patch(`/users/${target.id}`, { roles: [own.body.slug], scopes: ['read:posts'] });
        expect(given).toMatchObject({ status: 200, body: { roles: [own.body.slug], scopes: ['read:posts'] } });
        const key = await manager.sso('/apikeys', { json: { name: 'x', scopes: tooMuch } });
        expect(key).toMatchObject(missing('delete:posts'));
      });

      it('and superadmin is nobody’s to give', async () => {
        const person = await somebody();
        for (const asked of [
          () => sso('/roles', { json: { name: 'x', scopes: ['superadmin:*'] } }),
          () => sso(`/users/${person.id}`, { method: 'PATCH', json: { scopes: ['superadmin:*'] } }),
          () => sso('/agents', { json: { name: 'x', scopes: ['superadmin:*'] } }),
        ]) {
          expect(await asked()).toMatchObject(missing('superadmin:*'));
        }
      });
    });

    describe('a stranger', () => {
      interface Operation {
        readonly 'x-evident-rule': string;
        readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
      }
      /** Every route for which a scope is needed, with a body that its contract takes. */
      async function guardedRoutes() {
        const { paths } = (await call(evident, '/openapi.json')).body as {
          paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
        };
        return Object.entries(paths).flatMap(([path, operations]) =>
          Object.entries(operations).flatMap(([method, operation]) => {
            const { 'x-evident-rule': rule, requestBody } = operation;
            const json = requestBody?.content['application/json']?.example ?? (method === 'get' ? undefined : {});
            return rule.includes(':') ? [{ method: method.toUpperCase(), path, rule, json }] : [];
          }),
        );
      }

      /** What is in a path, of the kind that its part is called after. */
      async function realObjects(): Promise<Readonly<Record<string, string>>> {
        const person = await somebody();
        const identifiers = (await sso(`/users/${person.id}/identifiers`)).body.items;
        const credentials = (await sso(`/users/${person.id}/credentials`)).body.items;
        const app = await call(evident, '/apps/', { token: admin, json: { name: 'a', url: 'https://a.test' } });
        const agent = await made('/agents', { name: 'Robot' });
        return {
          user_id: person.uid,
          identifier_id: identifiers[0].id,
          credential_id: credentials[0].id,
          workspace_id: (await workspace()).id,
          role_id: (await role()).id,
          agent_id: agent.id,
          app_id: app.body.id,
          subject: person.id,
          name: 'users',
        };
      }
      const unknownObjects = { app_id: '999999', subject: `user:${randomUUID()}`, name: 'users', job: randomUUID() };
      const fill = (path: string, ids: Readonly<Record<string, string>>) =>
        path.replace(/\{(\w+)\}/g, (_, name: string) => {
          // Numbers on the one contract, uuids on the other.
          if (name === 'user_id' && !path.startsWith(base)) return '1';
          return encodeURIComponent(ids[name] ?? randomUUID());
        });

      it('is told at every route which scope is missing, the same for what there is and what there is not', async () => {
        const stranger = await somebody();
        const routes = await guardedRoutes();
        expect(routes.length).toBeGreaterThan(50);
        const real = await realObjects();
        for (const { method, path, rule, json } of routes) {
          // A profile is its person's own: what is not one's own is not there.
          const isProfile = path.startsWith(`${base}/profiles/`) || (path === `${base}/profiles` && method === 'POST');
          for (const ids of [real, unknownObjects]) {
            const options = { method, token: stranger.token, ...(json === undefined ? {} : { json }) };
            const { status, body } = await call(evident, fill(path, ids), options);
            const shown = [method, path, status, path.startsWith(base) && !isProfile ? body.missing : undefined];
            const named = path.startsWith(base) && !isProfile ? rule : undefined;
            expect.soft(shown).toEqual([method, path, isProfile ? 404 : 403, named]);
          }
        }
      });

      it('finds nothing of the sessions, keys and profiles of others, and everything of their own', async () => {
        const [stranger, other] = [await somebody(), await somebody({ scopes: ['create:sso/apikey'] })];
        const [session] = (await other.sso('/sessions')).body.items;
        const { body: key } = await other.sso('/apikeys', { json: { name: 'mine' } });
        for (const path of [`/sessions/${session.id}`, `/apikeys/${key.id}`, `/profiles/${other.id}`]) {
          expect.soft([path, (await other.sso(path)).status]).toEqual([path, 200]);
          for (const method of path.startsWith('/profiles') ? ['GET'] : ['GET', 'DELETE']) {
            expect.soft([method, path, (await stranger.sso(path, { method })).status]).toEqual([method, path, 404]);
          }
          const unknown = path.replace(/[0-9a-f-]{36}$/, randomUUID());
          expect.soft([path, (await stranger.sso(unknown)).status]).toEqual([path, 404]);
        }
        const own = await stranger.sso(`/users/${stranger.id}`);
        expect([own.status, own.body.id]).toEqual([200, stranger.id]);
        expect((await stranger.sso('/profiles/mine')).status).toBe(200);
        expect((await stranger.sso('/sessions')).body.total).toBe(1);
        const added = { type: 'username', identifier: uniqueName() };
        expect(await stranger.sso(`/users/${stranger.id}/identifiers`, { json: added })).toMatchObject(
          missing('create:sso/identifier'),
        );
      });
    });
  });
}
