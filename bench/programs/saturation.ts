import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hashingConnections } from '../limits/argon2.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { type Answered, inTurn, keepAliveClient } from '../load/keep-alive.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Program } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { eventLoopP99 } from '../servers/event-loop.ts';
import { furnished } from '../servers/furnished.ts';
import { residentMib } from '../servers/resident-memory.ts';
import { standalone } from '../servers/standalone.ts';
import { verifyRequests } from '../servers/verify-requests.ts';

const connections = 1_024;
/** Half the processor time that each millisecond takes; some four requests go out together. */
const sendsEveryMs = 10;
const server = furnished(standalone({ VERIFY_MEMO: 'off' }));

/** By hand with `--seconds 300 --rounds 1`. */
export const saturation: Program = {
  name: 'saturation',
  measures: 'POST /verify answered, each password hashed, while twice as many are asked as can be',
  unit: 'per second',
  limit: 'the same at saturation and not beyond',
  budget: [
    { of: 'ratio', least: 0.9 },
    { of: 'neither 200 nor 503 with Retry-After', most: 0 },
    { of: 'acknowledged and not in the log', most: 0 },
    { of: 'event-loop delay p99, ms', most: 50 },
    { of: 'p99 / p50 of those judged', most: 3 },
  ],
  seconds: 10,
  async run(round) {
    const evident = await round.use(server);
    const { url, deployment } = evident;
    const requests = verifyRequests(evident);
    const request = inTurn(requests);
    const client = keepAliveClient(url, connections);
    const ask = (turn: number) => client.send(request(turn));
    const saturated = () => closedLoop(Math.min(round.seconds, 20), hashingConnections, ask);
    const { perSecond: before } = await saturated();
    const [memory, events] = [residentMib(deployment.process.pid), attemptsIn(deployment.dataDir)];
    await eventLoopP99(url);
    const began = performance.now();
    const answers = await openLoop(round.seconds, before * 2, ask, sendsEveryMs);
    const seconds = (performance.now() - began) / 1_000;
    const delay = await eventLoopP99(url);
    const judged = answers.filter(({ status }) => status === 200);
    const times = judged.map(({ ms }) => ms);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const recorded = attemptsIn(deployment.dataDir) - events;
    const grown = residentMib(deployment.process.pid) - memory;
    // Before and after, by the same generator: a machine may be another after five minutes.
    const { perSecond: after } = await saturated();
    client.close();
    return {
      figure: judged.length / seconds,
      limit: (before + after) / 2,
      also: {
        'asked, per second': answers.length / round.seconds,
        'refused with 503 and Retry-After': answers.filter(isProperRefusal).length,
        'neither 200 nor 503 with Retry-After': answers.length - judged.length - answers.filter(isProperRefusal).length,
        'acknowledged and not in the log': Math.max(0, judged.length - recorded),
        'event-loop delay p99, ms': delay,
        'grown, MiB': grown,
        'p50 of those judged, ms': p50,
        'p99 of those judged, ms': p99,
        'p99 / p50 of those judged': p99 / p50,
      },
    };
  },
};

function isProperRefusal({ status, retryAfter }: Answered): boolean {
  return status === 503 && Number(retryAfter) >= 1;
}

/** Judged attempts in the log, as another process reads them. */
function attemptsIn(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'events.db'), { readOnly: true });
  const row = database.prepare("SELECT count(*) AS attempts FROM events WHERE stream GLOB 'signin-*'").get();
  database.close();
  return Number(row?.attempts);
}
