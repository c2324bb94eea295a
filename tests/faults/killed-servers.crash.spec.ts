import { setTimeout as pause } from 'node:timers/promises';
import {
  type Deployment,
  isMissing,
  type MongodbServer,
  type NatsServer,
  startDeployment,
  startFerretdb,
  startNatsServer,
} from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { expectAnswersInTime, inTimeMs } from '../crash/answers-in-time.ts';
import { checkHistory } from '../crash/check-history.ts';
import { checkSessions } from '../crash/check-sessions.ts';
import { type Entry, History } from '../crash/history.ts';
import { observe } from '../crash/observed.ts';
import { SessionHistory } from '../crash/session-history.ts';
import { SessionHolders } from '../crash/session-holders.ts';
import { Writers } from '../crash/writers.ts';
import { adminToken } from '../e2e/http.ts';
import { untilReady } from '../e2e/until-ready.ts';

/** Kills of each server; once in four rounds both are killed together as well. */
const rounds = Number(process.env.SERVER_KILLS ?? 2);
/** So that many commands end between two of their steps rather than in a hash. */
const cheapHashes = { ARGON2_MEMORY_KIB: '8', ARGON2_PASSES: '1' };
const latestMs = 30;
const longestAwayMs = 1_500;
/** Characters of what the services said. */
const mostShown = 10_000;

const [broker, rows] = [await startNatsServer(), await startFerretdb()];
const missing = isMissing(broker) ? broker.missing : isMissing(rows) ? rows.missing : undefined;
const name = isMissing(rows) ? 'a server of the MongoDB protocol' : rows.name;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
type Victim = 'broker' | 'rows';

/** kill -9 of what the four services stand on, one after the other and together, at random moments under load. */
describe.skipIf(missing !== undefined)(
  `four processes over nats-server, rows and person keys on ${name}${reason}`,
  () => {
    const nats = broker as NatsServer;
    const mongodb = rows as MongodbServer;
    let evident: Deployment;
    let token: string;

    beforeAll(async () => {
      evident = await startDeployment({
        shape: 'split',
        env: {
          ...cheapHashes,
          RATE_LIMIT: 'off',
          REFRESH_WINDOW: '300',
          NATS_URL: nats.url,
          READ_MODEL_URL: `${mongodb.url}/evident`,
          PERSON_KEYS_URL: `${mongodb.url}/evident-keys`,
        },
      });
      token = await adminToken(evident);
    }, 90_000);
    afterAll(async () => {
      await evident?.remove();
      await nats?.stop();
      await mongodb?.stop();
    });

    const title = 'lose and double nothing that was acknowledged, answer 503 in time, and heal by themselves';
    it(
      `${title} (${rounds} kills of each server)`,
      async () => {
        const history = new History();
        onTestFailed(() => console.error(`${evident.output().slice(-mostShown)}\n${lastOf(history)}`));
        const sessions = new SessionHistory();
        const who = evident.administrator;
        const writers = new Writers({ evident, token, history, inDoubt: 'repeats' });
        const holders = new SessionHolders({ evident, who, history: sessions, inDoubt: 'repeats' });
        let unavailable = 0;
        for (let round = 1; round <= rounds; round++) {
          const together: readonly Victim[] = ['broker', 'rows'];
          for (const victims of [['broker'], ['rows'], ...(round % 4 === 2 ? [together] : [])] as const) {
            await Promise.all([history.untilAcknowledged(20), sessions.untilAcknowledged(4)]);
            await pause(Math.random() * latestMs);
            await Promise.all(victims.map(kill));
            const answered = expectAnswersInTime(evident, token);
            await pause(Math.random() * longestAwayMs);
            await Promise.all(victims.map(startAgain));
            unavailable += await answered;
            await untilReady(evident);
            // A holder who was told nonsense asks no more: it is to be seen here rather than missed later.
            expect(sessions.problems, `after round ${round}`).toEqual([]);
          }
        }
        await history.untilAcknowledged(20);
        await Promise.all([writers.stop(), holders.stop()]);
        expect(history.inDoubt(), 'every attempt was repeated until it was answered').toEqual([]);
        const observed = await observe(evident, token);
        expect(checkHistory(history.entries, observed)).toEqual([]);
        expect(await checkSessions(evident, sessions, observed.events)).toEqual([]);
        const inDoubt = history.entries.filter(({ outcome }) => outcome.kind === 'in-doubt');
        expect(inDoubt.filter(({ outcome }) => !('retryAfter' in outcome) || outcome.retryAfter === undefined)).toEqual(
          [],
        );
        const slowest = Math.max(...history.entries.map(({ tookMs = Number.POSITIVE_INFINITY }) => tookMs));
        expect(slowest, 'the slowest answer').toBeLessThan(inTimeMs);
        console.log(
          `${rounds} kills of each server: ${history.acknowledged} acknowledged writes and ${sessions.acknowledged} of sessions, ` +
            `${inDoubt.length} of writers and ${unavailable} others answered 503, the slowest after ${Math.round(slowest)} ms`,
        );
      },
      600_000 + rounds * 120_000,
    );

    async function kill(victim: Victim): Promise<void> {
      if (victim === 'rows') await mongodb.faults?.kill();
      else process.kill(nats.pid, 'SIGKILL');
    }

    async function startAgain(victim: Victim): Promise<void> {
      await (victim === 'rows' ? mongodb.faults?.restart() : nats.restart());
    }
  },
);

/** The latest attempts and what became of them, for whoever reads a failure. */
function lastOf({ entries }: History): string {
  const told = ({ operation, outcome, tookMs }: Entry) => {
    const status = 'status' in outcome ? outcome.status : '';
    return `${operation.kind}: ${outcome.kind} ${status} after ${tookMs?.toFixed()} ms`;
  };
  return entries.slice(-50).map(told).join('\n');
}
