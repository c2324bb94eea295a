import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { type NewApp, type NewUser, uniqueName } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

/** So that a change is acknowledged long before the hash that began before it is computed. */
const slowHashes = { ARGON2_MEMORY_KIB: '131072', ARGON2_PASSES: '3' };

/** A busy machine may acknowledge a change too late. */
const attempts = 20;

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
      const judged = await changedMeanwhile(async () => {
        const app = await stage.app();
        const user = await stage.userOf(app);
        return { hashing: () => stage.verdict(user, app.body.api_key), change: () => make(stage, user, app) };
      });
      expect(judged).toBe(verdict);
    });

    it('is honoured: a demotion, by a token that is asked for meanwhile', async () => {
      const { status } = await changedMeanwhile(async () => {
        const { username, password, body } = await stage.user({ is_admin: true });
        return {
          hashing: () => call(stage.evident, '/token', { form: { username, password } }),
          change: () => stage.change(body.id, { is_admin: false }),
        };
      });
      // 401 where the demotion came after the sign-in was judged: the issuer finds the user of another generation.
      expect([401, 403]).toContain(status);
    });

    it('is honoured: a demotion of who registers somebody meanwhile', async () => {
      const names: string[] = [];
      const { status } = await changedMeanwhile(async () => {
        const administrator = await stage.user({ is_admin: true });
        const token = await stage.tokenOf(administrator);
        const username = uniqueName();
        names.push(username);
        const json = { username, email: `${username}@example.com`, password: 'some password 1' };
        return {
          hashing: () => call(stage.evident, '/users/', { token, json }),
          change: () => stage.change(administrator.body.id, { is_admin: false }),
        };
      });
      expect([401, 403]).toContain(status);
      expect((await stage.ask(`/users/?q=${names.at(-1)}`)).body).toEqual([]);
    });
  });
}

interface Scene<Answer> {
  readonly hashing: () => Promise<Answer>;
  readonly change: () => Promise<{ readonly status: number }>;
}

/**
 * What is answered to who was hashed for, where the change was acknowledged before the decision: in the first half of the
 * request, of which the hash is nearly all. Otherwise, and where nothing was judged, it is played again.
 */
async function changedMeanwhile<Answer>(setUp: () => Promise<Scene<Answer>>): Promise<Answer> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { hashing, change } = await setUp();
    const began = performance.now();
    const answering = hashing().then((answer) => ({ answer, after: performance.now() - began }));
    const { status } = await change();
    const acknowledgedAfter = performance.now() - began;
    expect(status).toBeLessThan(300);
    const { answer, after } = await answering;
    if (acknowledgedAfter < after / 2 && !isShed(answer)) return answer;
  }
  throw new Error(`no change was acknowledged early in a hash that was judged, ${attempts} times in a row`);
}

/** A machine that does much else has no time for so slow a hash, and says so: then nothing was judged. */
function isShed(answer: unknown): boolean {
  return answer === '503' || (answer as { readonly status?: unknown }).status === 503;
}
