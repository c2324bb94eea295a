import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from '../e2e/http.ts';
import { uniqueName } from '../e2e/objects.ts';
import type { Stage } from './stage.ts';

/** Another program on the machine (a backup, somebody's sqlite3 at a terminal) that has a file open and locked. */
export function heldLocksSuite(stage: Stage): void {
  describe('a lock that another process holds', () => {
    let held: DatabaseSync | undefined;
    afterEach(() => release());

    it.each(['events.db', 'person-keys.db', 'read-models.db'])(
      'on %s delays what needs it, and nothing else',
      async (file) => {
        const app = await stage.app();
        const user = await stage.userOf(app);
        held = new DatabaseSync(join(stage.evident.dataDir, file), { timeout: 5_000 });
        held.exec('BEGIN IMMEDIATE');
        const username = uniqueName();
        const json = { username, email: `${username}@example.com`, password: 'password of a spec 1' };
        let answered = false;
        const writing = stage.ask('/users/', { json }).finally(() => {
          answered = true;
        });
        for (let read = 1; read <= 5; read++) {
          expect((await call(stage.evident, '/health')).status).toBe(200);
          expect((await call(stage.evident, '/.well-known/jwks.json')).status).toBe(200);
        }
        if (file === 'read-models.db') expect(await stage.verdict(user, app.body.api_key)).toBe('Authorized');
        else expect(answered, 'the write is answered').toBe(false);
        release();
        expect((await writing).status).toBe(201);
        expect((await stage.ask(`/users/?q=${username}`)).body).toHaveLength(1);
        expect(await stage.verdict(user, app.body.api_key)).toBe('Authorized');
      },
    );

    function release(): void {
      if (held?.isOpen !== true) return;
      held.exec('ROLLBACK');
      held.close();
    }
  });
}
