import { afterEach, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { untilReady } from '../e2e/until-ready.ts';
import type { Stage } from './stage.ts';
import { type StoppedRows, stopRows } from './stopped-rows.ts';

const verdicts = {
  allowed: 'Authorized',
  wrong: 'Invalid username or password',
  inactive: 'User account is inactive',
  unassigned: 'User not authorized for this application',
  key: 'Invalid API key',
} as const;

/** What was acknowledged is honoured by every decision after it, however far behind the rows are. */
export function honouredChangesSuite(stage: Stage): void {
  describe('a change that was acknowledged', () => {
    let stopped: StoppedRows | undefined;
    afterEach(() => stopped?.release());

    it.each(['first', 'remembered'] as const)(
      'is honoured while the projector stands still, password %s',
      async (proof) => {
        const [app, rotated, removed, disabledApp] = await Promise.all([
          stage.app(),
          stage.app(),
          stage.app(),
          stage.app(),
        ]);
        const [disabled, unassigned, renamed, gone, other, ...admins] = await Promise.all([
          ...Array.from({ length: 5 }, () => stage.userOf(app)),
          stage.user({ is_admin: true }),
          stage.user({ is_admin: true }),
        ]);
        const [demoted, ended] = admins;
        if (!disabled || !unassigned || !renamed || !gone || !other || !demoted || !ended) throw new Error('no users');
        for (const its of [rotated, removed, disabledApp]) expect((await stage.assign(other, its)).status).toBe(200);
        const tokens = await Promise.all([demoted, ended].map((user) => stage.tokenOf(user)));
        const { api_key: key } = app.body;
        if (proof === 'remembered') {
          for (const user of [disabled, unassigned, renamed, gone, other]) {
            expect(await stage.verdict(user, key)).toBe(verdicts.allowed);
          }
        }

        stopped = stopRows(stage.evident);
        const changes = await Promise.all([
          stage.change(disabled.body.id, { is_active: false }),
          stage.assign(unassigned, app, 'DELETE'),
          stage.change(renamed.body.id, { password: 'another password 2', email: `other-${renamed.email}` }),
          stage.ask(`/users/${gone.body.id}`, { method: 'DELETE' }),
          stage.ask(`/apps/${rotated.body.id}/rotate-key`, { method: 'POST' }),
          stage.ask(`/apps/${removed.body.id}`, { method: 'DELETE' }),
          stage.ask(`/apps/${disabledApp.body.id}`, { method: 'PUT', json: { is_active: false } }),
          stage.change(demoted.body.id, { is_admin: false }),
          stage.change(ended.body.id, { is_active: false }),
        ]);
        expect(changes.map(({ status }) => status)).toEqual([200, 200, 200, 204, 200, 204, 200, 200, 200]);

        expect(await stage.verdict(disabled, key)).toBe(verdicts.inactive);
        expect(await stage.verdict(unassigned, key)).toBe(verdicts.unassigned);
        expect(await stage.verdict(renamed, key), 'the earlier password').toBe(verdicts.wrong);
        expect(await stage.verdict({ ...renamed, password: 'another password 2' }, key)).toBe(verdicts.allowed);
        expect(await stage.verdict({ ...renamed, username: renamed.email }, key), 'the earlier address').toBe(
          verdicts.wrong,
        );
        expect(await stage.verdict(gone, key)).toBe(verdicts.wrong);
        expect(await stage.verdict(other, rotated.body.api_key)).toBe(verdicts.key);
        expect(await stage.verdict(other, changes[4].body.api_key), 'the new key').toBe(verdicts.allowed);
        expect(await stage.verdict(other, removed.body.api_key)).toBe(verdicts.key);
        expect(await stage.verdict(other, disabledApp.body.api_key)).toBe(verdicts.key);
        expect(await stage.verdict(other, key), 'who was not changed').toBe(verdicts.allowed);
        expect((await signIn(demoted)).status).toBe(403);
        expect((await signIn(ended)).status).toBe(401);
        for (const token of tokens) {
          for (const request of [{ method: 'PUT', json: {} }, { method: 'DELETE' }]) {
            const { status } = await call(stage.evident, `/users/${other.body.id}`, { token, ...request });
            expect([401, 403, 503], 'with a token of before').toContain(status);
          }
        }

        stopped.release();
        await untilReady(stage.evident);
        expect((await stage.ask(`/users/${disabled.body.id}`)).body).toMatchObject({
          is_active: false,
          apps: [app.body.id],
        });
        expect((await stage.ask(`/users/${gone.body.id}`)).status).toBe(404);
        for (const token of tokens) expect((await call(stage.evident, '/users/', { token })).status).toBe(401);
      },
    );

    it('is shown to nobody as it was before: a read of its caller waits for the rows', async () => {
      const { body: user } = await stage.user();
      stopped = stopRows(stage.evident);
      expect((await stage.change(user.id, { is_active: false })).status).toBe(200);
      const read = stage.ask(`/users/${user.id}`);
      const listed = stage.ask(`/users/?q=${user.username}&is_active=true`);
      await stage.verdict(user, 'a decision that is made meanwhile');
      stopped.release();
      expect((await read).body).toMatchObject({ is_active: false });
      expect((await listed).body).toEqual([]);
      await untilReady(stage.evident);
    });

    function signIn({ username, password }: { readonly username: string; readonly password: string }) {
      return call(stage.evident, '/token', { form: { username, password } });
    }
  });
}
