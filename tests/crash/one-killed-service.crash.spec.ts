import { setTimeout as pause } from 'node:timers/promises';
import { type Deployment, type ServiceName, serviceNames, serviceProcesses, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../e2e/http.ts';
import { split } from '../e2e/split.shape.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { expectAnswersInTime } from './answers-in-time.ts';
import { checkHistory } from './check-history.ts';
import { checkSessions } from './check-sessions.ts';
import { History } from './history.ts';
import { observe } from './observed.ts';
import { SessionHistory } from './session-history.ts';
import { SessionHolders } from './session-holders.ts';
import { Writers } from './writers.ts';

/** Of each service: all of them together a quarter as often as everything is killed elsewhere. */
const rounds = Math.ceil(Number(process.env.CRASH_ROUNDS ?? 2) / serviceNames.length / 4);
const latestMs = 30;

const reason = split.missing === undefined ? '' : ` (skipped: ${split.missing})`;

describe.skipIf(split.missing !== undefined)(`kill -9 of one service of the four${reason}`, () => {
  let evident: Deployment;
  let token: string;

  beforeAll(async () => {
    evident = await split.start({
      RATE_LIMIT: 'off',
      ARGON2_MEMORY_KIB: '8',
      ARGON2_PASSES: '1',
      REFRESH_WINDOW: '300',
    });
    token = await adminToken(evident);
  });
  afterAll(async () => {
    await evident?.remove();
    await split.stopServers();
  });

  it(
    `the others answer 503 in time, it comes back by itself, and nothing acknowledged is lost (${rounds} rounds of each)`,
    async () => {
      const history = new History();
      const sessions = new SessionHistory();
      const who = evident.administrator;
      const writers = new Writers({ evident, token, history, inDoubt: 'repeats' });
      const holders = new SessionHolders({ evident, who, history: sessions, inDoubt: 'repeats' });
      for (let round = 1; round <= rounds; round++) {
        for (const service of serviceNames) {
          await Promise.all([history.untilAcknowledged(20), sessions.untilAcknowledged(4)]);
          await pause(Math.random() * latestMs);
          const killed = pidOf(service);
          process.kill(killed, 'SIGKILL');
          const answered = service === 'gateway' ? undefined : expectAnswersInTime(evident, token);
          await until(() => restartedAs(service, killed), { what: `another ${service}` });
          await untilReady(evident);
          await answered;
        }
      }
      await history.untilAcknowledged(20);
      await Promise.all([writers.stop(), holders.stop()]);
      expect(history.inDoubt(), 'every attempt was repeated until it was answered').toEqual([]);
      const observed = await observe(evident, token);
      expect(checkHistory(history.entries, observed)).toEqual([]);
      expect(await checkSessions(evident, sessions, observed.events)).toEqual([]);
      console.log(
        `${rounds} kills of each service, ${history.acknowledged} acknowledged writes and ${sessions.acknowledged} of sessions`,
      );
    },
    60_000 + rounds * 120_000,
  );

  function pidOf(service: ServiceName): number {
    const pid = serviceProcesses(evident.process.pid).get(service);
    if (pid === undefined) throw new Error(`${service} does not run`);
    return pid;
  }

  function restartedAs(service: ServiceName, killed: number): true | undefined {
    const pid = serviceProcesses(evident.process.pid).get(service);
    return (pid !== undefined && pid !== killed) || undefined;
  }
});
