import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hashingConnections } from '../limits/argon2.ts';
import { type Answered, inTurn, keepAliveClient } from '../load/keep-alive.ts';
import { load } from '../load/load.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Program } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { eventLoopP99 } from '../servers/event-loop.ts';
import { furnished } from '../servers/furnished.ts';
import { residentMib } from '../servers/resident-memory.ts';
import { standalone } from '../servers/standalone.ts';
import { verifyRequests } from '../servers/verify-requests.ts';

const connections = 1_024;
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
    const plan = { url, seconds: Math.min(round.seconds, 20), connections: hashingConnections, requests };
    const { perSecond: limit } = await load(plan);
    const request = inTurn(requests);
    const client = keepAliveClient(url, connections);
    const [memory, events] = [residentMib(deployment.process.pid), attemptsIn(deployment.dataDir)];
    await eventLoopP99(url);
    const answers = await openLoop(round.seconds, limit * 2, (turn) => client.send(request(turn)));
    const delay = await eventLoopP99(url);
    client.close();
    const judged = answers.filter(({ status }) => status === 200);
    const times = judged.map(({ ms }) => ms);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const recorded = attemptsIn(deployment.dataDir) - events;
    return {
      figure: judged.length / round.seconds,
      limit,
      also: {
        'asked, per second': answers.length / round.seconds,
        'refused with 503 and Retry-After': answers.filter(isProperRefusal).length,
        'neither 200 nor 503 with Retry-After': answers.length - judged.length - answers.filter(isProperRefusal).length,
        'acknowledged and not in the log': Math.max(0, judged.length - recorded),
        'event-loop delay p99, ms': delay,
        'grown, MiB': residentMib(deployment.process.pid) - memory,
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
