import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../e2e/http.ts';
import type { Shape } from '../e2e/shape.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { checkHistory } from './check-history.ts';
import { checkSessions, settleSessions } from './check-sessions.ts';
import { History } from './history.ts';
import { settleInterrupted } from './interrupted-names.ts';
import { killEverything } from './kill-everything.ts';
import { observe } from './observed.ts';
import { SessionHistory } from './session-history.ts';
import { SessionHolders } from './session-holders.ts';
import { Writers } from './writers.ts';

export const crashRounds = Number(process.env.CRASH_ROUNDS ?? 2);
/** So that many commands end between two of their steps rather than in a hash. */
const cheapHashes = { ARGON2_MEMORY_KIB: '8', ARGON2_PASSES: '1' };
const mostAcknowledged = 150;
const latestMs = 30;

/** kill -9 of everything at random moments under 16 writers; then all that was ever acknowledged is looked at. */
export function killUnderWritersSuite(shape: Shape, rounds = crashRounds): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`kill -9 under 16 writers on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let token: string;
    const history = new History();
    const sessions = new SessionHistory();

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off', REFRESH_WINDOW: '300', ...cheapHashes });
      token = await adminToken(evident);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

    it(
      `loses, doubles and alters nothing that was acknowledged, and leaves no name stuck (${rounds} rounds)`,
      async () => {
        const interrupted = { repeated: 0, tried: 0, waitedFor: 0 };
        for (let round = 1; round <= rounds; round++) {
          const began = history.entries.length;
          const held = sessions.sessions.length;
          const who = evident.administrator;
          const writers = new Writers({ evident, token, history, inDoubt: 'ends' });
          const holders = new SessionHolders({ evident, who, history: sessions, inDoubt: 'ends' });
          await history.untilAcknowledged(Math.ceil(Math.random() * mostAcknowledged));
          await pause(Math.random() * latestMs);
          await killEverything(evident);
          await Promise.all([writers.lost(), holders.lost()]);

          evident = await evident.restart();
          const inDoubt = history.inDoubt(began);
          const settled = await settleInterrupted(evident, token, history, inDoubt);
          for (const key of ['repeated', 'tried', 'waitedFor'] as const) interrupted[key] += settled[key];
          await untilReady(evident);
          await settleSessions(evident, sessions, held);
          const observed = await observe(evident, token);
          expect(checkHistory(history.entries, observed), `after round ${round}`).toEqual([]);
          expect(await checkSessions(evident, sessions, observed.events, held), `after round ${round}`).toEqual([]);
        }
        console.log(
          `${shape.name}: ${rounds} kills, ${history.acknowledged} acknowledged writes and ${sessions.acknowledged} of sessions, ${JSON.stringify(interrupted)}`,
        );
      },
      60_000 + rounds * 60_000,
    );
  });
}
