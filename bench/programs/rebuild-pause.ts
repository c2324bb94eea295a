import { setTimeout as pause } from 'node:timers/promises';
import { startDeployment } from '@evident/testing';
import { keepAliveClient } from '../load/keep-alive.ts';
import { openLoop } from '../load/open-loop.ts';
import type { PlannedRequest } from '../load/plan.ts';
import type { Program, Resource, Site } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { ask } from '../servers/ask.ts';
import { measuredSettings } from '../servers/standalone.ts';
import { directoryOfPeople } from '../stores/directory-of-people.ts';

const readsPerSecond = 200;
const writesPerSecond = 50;
/** So many that none is changed more often than in life: a change costs more the more its user was changed before. */
const writers = 400;
/** Reads that leave so long before a rebuild is seen to be done, or after it, may have met the swap; milliseconds. */
const aroundSwap = { before: 250, after: 100 };

interface Stage {
  readonly url: string;
  readonly token: string;
  readonly ids: readonly number[];
}

const stage: Resource<Stage> = async ({ option, serverEnv }) => {
  const dataDir = await directoryOfPeople(option('users', 5_000));
  const env = { ...measuredSettings, ...serverEnv, ACCESS_TOKEN_TTL: '86400' };
  const deployment = await startDeployment({ shape: 'main', dataDir, env });
  const { url, administrator } = deployment;
  const { access_token: token } = await ask(url, '/token', { form: administrator });
  const ids: number[] = [];
  for (let index = 0; index < writers; index += 1) {
    const user = { username: `writer${index}`, email: `writer${index}@example.com`, password: 'password of a bench 1' };
    ids.push((await ask(url, '/users/', { token, json: user })).id);
  }
  return { value: { url, token, ids }, close: () => deployment.remove() };
};

/** Requests leave on time, whatever those before take, so that a pause is seen by all that fall into it. */
export const rebuildPause: Program = {
  name: 'rebuild-pause',
  measures:
    'longest read over HTTP while the rows of 5,000 users are rebuilt (--set users=), 200 reads and 50 writes a second',
  unit: 'ms',
  limit: 'the same load without a rebuild',
  budget: [],
  seconds: 8,
  async run(round) {
    const quiet = await underLoad(round, round.seconds, async () => round.seconds * 500);
    const rebuilt = await underLoad(round, round.seconds, rebuild);
    return {
      figure: rebuilt.reads.longest,
      limit: quiet.reads.longest,
      also: {
        'longest read around the swap, ms': rebuilt.longestAround,
        'longest read in as long a time without, ms': quiet.longestAround,
        'reads p99, ms': rebuilt.reads.p99,
        'reads p99 without, ms': quiet.reads.p99,
        'writes p99, ms': rebuilt.writes.p99,
        'writes p99 without, ms': quiet.writes.p99,
        'longest write, ms': rebuilt.writes.longest,
      },
    };
  },
};

/**
 * `meanwhile` gives the moment around which reads are looked at, in milliseconds after it was begun; where that lies after
 * the load, there are none (NaN).
 */
async function underLoad({ use }: Site, seconds: number, meanwhile: (stage: Stage) => Promise<number>) {
  const found = await use(stage);
  const { url, token, ids } = found;
  const client = keepAliveClient(url, 256);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const to = (turn: number) => `/users/${ids[turn % ids.length]}`;
  const timed = async (request: PlannedRequest) => {
    const { status, text, ms } = await client.send(request);
    if (status !== 200) throw new Error(`${request.method} ${request.path}: ${status} ${text}`);
    return ms;
  };
  const [reads, writes, moment] = await Promise.all([
    openLoop(seconds, readsPerSecond, (turn) => timed({ method: 'GET', path: to(turn), headers })),
    openLoop(seconds, writesPerSecond, (turn) => {
      const body = JSON.stringify({ email: `turn${turn}at${Math.floor(performance.now())}@example.com` });
      return timed({ method: 'PUT', path: to(turn), headers, body });
    }),
    meanwhile(found),
  ]);
  client.close();
  const told = (times: readonly number[]) => ({ p99: percentile(times, 0.99), longest: Math.max(...times) });
  const turnAt = (ms: number) => Math.max(0, Math.floor((ms * readsPerSecond) / 1_000));
  const around = reads.slice(turnAt(moment - aroundSwap.before), turnAt(moment + aroundSwap.after));
  return {
    reads: told(reads),
    writes: told(writes),
    longestAround: around.length > 0 ? Math.max(...around) : Number.NaN,
  };
}

/** Milliseconds until it was seen to be done. */
async function rebuild({ url, token }: Stage): Promise<number> {
  const begun = performance.now();
  await pause(200);
  const path = '/ops/projections/users/rebuild';
  let job = await ask(url, path, { token, json: {} });
  const { job: id } = job;
  while (job.state !== 'done' && job.state !== 'failed') {
    await pause(20);
    job = await ask(url, `${path}/${id}`, { token });
  }
  if (job.state === 'failed') throw new Error('the rebuild failed');
  return performance.now() - begun;
}
