import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

/** Each keeps four callers busy throughout, so that fewer say as much. */
const rounds = Math.min(200, Number(process.env.READ_YOUR_WRITES_ROUNDS ?? 30));
const askers = 4;

/** Callers that never stop asking with a remembered password, while the user is disabled and enabled. */
export function racingChangesSuite(stage: Stage): void {
  describe('a remembered password', () => {
    const title = `lets nobody in who was disabled before they asked, nor keeps out who was enabled (${rounds} rounds)`;
    it(title, { timeout: 30_000 + rounds * 500 }, async () => {
      const app = await stage.app();
      const user = await stage.userOf(app);
      const { api_key: key } = app.body;
      /** What every question asked from now on has to be answered; undefined while a change is under way. */
      let due: 'Authorized' | 'User account is inactive' | undefined = 'Authorized';
      let changes = 0;
      let running = true;
      const wrong: string[] = [];
      const ask = async () => {
        while (running) {
          const [wasDue, began] = [due, changes];
          const verdict = await stage.verdict(user, key);
          // Only where no change began meanwhile is there but one right answer.
          if (wasDue !== undefined && began === changes && verdict !== wasDue) wrong.push(`${verdict} after ${began}`);
          await turn();
        }
      };
      const asking = Array.from({ length: askers }, ask);
      for (let round = 1; round <= rounds; round++) {
        for (const active of [false, true]) {
          due = undefined;
          changes += 1;
          expect((await stage.change(user.body.id, { is_active: active })).status).toBe(200);
          due = active ? 'Authorized' : 'User account is inactive';
          // One more caller, who asks once the acknowledgement is there.
          expect(await stage.verdict(user, key), `round ${round}`).toBe(due);
        }
      }
      running = false;
      await Promise.all(asking);
      expect(wrong).toEqual([]);
    });
  });
}
