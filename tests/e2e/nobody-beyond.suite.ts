import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AccessStage, base, missing, unique } from './access-stage.ts';
import { call } from './http.ts';
import { uniqueName } from './objects.ts';

/** Nobody gives what they do not have, or gets at what is not theirs. */
export function nobodyBeyondSuite(stage: AccessStage): void {
  const { sso, made, role, workspace, somebody } = stage;

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
      const { paths } = (await call(stage.evident, '/openapi.json')).body as {
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
      const app = await call(stage.evident, '/apps/', {
        token: stage.admin,
        json: { name: 'a', url: 'https://a.test' },
      });
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
          const { status, body } = await call(stage.evident, fill(path, ids), options);
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
}
