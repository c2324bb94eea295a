import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import type { NewApp, NewUser } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

/** So that a change is acknowledged long before the hash that began before it is computed. */
const slowHashes = { ARGON2_MEMORY_KIB: '131072', ARGON2_PASSES: '3' };

interface Change {
  readonly change: string;
  readonly make: (stage: Stage, user: NewUser, app: NewApp) => Promise<{ readonly status: number }>;
  readonly verdict: string;
}

const changes: readonly Change[] = [
  {
    change: 'a disable',
    make: (stage, { body }) => stage.change(body.id, { is_active: false }),
    verdict: 'User account is inactive',
  },
  {
    change: 'an unassignment',
    make: (stage, user, app) => stage.assign(user, app, 'DELETE'),
    verdict: 'User not authorized for this application',
  },
  {
    change: 'a removal',
    make: (stage, { body }) => stage.ask(`/users/${body.id}`, { method: 'DELETE' }),
    verdict: 'Invalid username or password',
  },
  {
    change: 'a new key',
    make: (stage, _, { body }) => stage.ask(`/apps/${body.id}/rotate-key`, { method: 'POST' }),
    verdict: 'Invalid API key',
  },
  {
    change: 'an app that is disabled',
    make: (stage, _, { body }) => stage.ask(`/apps/${body.id}`, { method: 'PUT', json: { is_active: false } }),
    verdict: 'Invalid API key',
  },
];

/** Restarts the stage with hashes that take long, and so comes last. */
export function whileHashingSuite(stage: Stage): void {
  describe('a change that is acknowledged while a right password is hashed', () => {
    beforeAll(() => stage.restart({ ...slowHashes, VERIFY_MEMO: 'off' }));

    it.each(changes)('is honoured: $change', async ({ make, verdict }) => {
      const app = await stage.app();
      const user = await stage.userOf(app);
      let judged = false;
      const judging = stage.verdict(user, app.body.api_key).finally(() => {
        judged = true;
      });
      const { status } = await make(stage, user, app);
      expect(status).toBeLessThan(300);
      expect(judged, 'acknowledged before the answer').toBe(false);
      expect(await judging).toBe(verdict);
    });

    it('is honoured: a demotion, by a token that is asked for meanwhile', async () => {
      const user = await stage.user({ is_admin: true });
      const { username, password } = user;
      const signingIn = call(stage.evident, '/token', { form: { username, password } });
      expect((await stage.change(user.body.id, { is_admin: false })).status).toBe(200);
      expect((await signingIn).status).toBe(403);
    });

    it('is honoured: a demotion of who registers somebody meanwhile', async () => {
      const administrator = await stage.user({ is_admin: true });
      const { username, password } = administrator;
      const { body } = await call(stage.evident, '/token', { form: { username, password } });
      const json = { username: 'too-late', email: 'too-late@example.com', password: 'some password 1' };
      const registering = call(stage.evident, '/users/', { token: body.access_token, json });
      expect((await stage.change(administrator.body.id, { is_admin: false })).status).toBe(200);
      expect([401, 403]).toContain((await registering).status);
      expect((await stage.ask('/users/?q=too-late')).body).toEqual([]);
    });
  });
}
