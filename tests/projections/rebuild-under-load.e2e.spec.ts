import { setTimeout as pause } from 'node:timers/promises';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Body, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';

/** Seconds under load, and kills in the middle of rebuilds: 20 are asked of it at length. */
const loadSeconds = Number(process.env.REBUILD_SECONDS ?? 4);
const kills = Number(process.env.REBUILD_KILLS ?? 3);
const writesPerSecond = 50;
const readsPerSecond = 200;

describe('a rebuild', () => {
  let evident: Deployment;
  let token: string;
  const ids: number[] = [];

  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env: { RATE_LIMIT: 'off', ACCESS_TOKEN_TTL: '86400' } });
    token = await adminToken(evident);
    for (let n = 0; n < 10; n += 1) ids.push((await createUser(evident, token)).body.id);
  });
  afterAll(() => evident?.remove());

  const ops = (path: string, method: string) => call(evident, `/ops/projections${path}`, { token, method });
  const rename = (id: number, email: string) =>
    call(evident, `/users/${id}`, { token, method: 'PUT', json: { email } });
  const read = (id: number) => call(evident, `/users/${id}`, { token });

  const untilDone = (job: string): Promise<Body> =>
    until(
      async () => {
        const { body } = await ops(`/users/rebuild/${job}`, 'GET');
        return body.state === 'done' || body.state === 'failed' ? body : undefined;
      },
      { what: `the end of rebuild ${job}` },
    );

  /** Does it so often a second, whatever the one before takes, until told to end. */
  function atRate(perSecond: number, work: (turn: number) => Promise<void>) {
    const working: Promise<void>[] = [];
    let turn = 0;
    const timer = setInterval(() => working.push(work(turn++)), 1_000 / perSecond);
    return async () => {
      clearInterval(timer);
      await Promise.all(working);
      return turn;
    };
  }

  it('goes on under writes and reads: none fails, nobody reads older than what they wrote, the rows are right', async () => {
    const failed: unknown[] = [];
    let longest = 0;
    const timed = async (ask: () => Promise<{ status: number; body: Body }>) => {
      const began = performance.now();
      const answer = await ask();
      longest = Math.max(longest, performance.now() - began);
      if (answer.status !== 200) failed.push([answer.status, answer.body]);
      return answer;
    };
    // One writer for each user, so that what is read back is what was written last.
    const busy = new Set<number>();
    const endWrites = atRate(writesPerSecond, async (turn) => {
      const id = ids[turn % ids.length] ?? 0;
      if (busy.has(id)) return;
      busy.add(id);
      const email = `turn${turn}@example.com`;
      await timed(() => rename(id, email));
      const { body } = await timed(() => read(id));
      if (body.email !== email) failed.push([`stale ${id}`, body.email, email]);
      busy.delete(id);
    });
    const endReads = atRate(readsPerSecond, async (turn) => {
      await timed(() => read(ids[turn % ids.length] ?? 0));
    });
    let rebuilds = 0;
    for (const end = Date.now() + loadSeconds * 1_000; Date.now() < end; rebuilds += 1) {
      const { status, body } = await ops('/users/rebuild', 'POST');
      expect(status).toBe(202);
      expect(await untilDone(body.job)).toMatchObject({ state: 'done' });
    }
    const [writes, reads] = [await endWrites(), await endReads()];
    console.log(`${rebuilds} rebuilds, ${writes} writes, ${reads} reads; longest answer ${longest.toFixed(0)} ms`);
    expect(failed).toEqual([]);
    expect((await ops('/users/verify', 'POST')).body).toMatchObject({ differing: 0 });
  });

  it(
    'is one consistent model after kill -9 in the middle of it, and is done by the next process',
    async () => {
      for (let n = 0; n < kills; n += 1) {
        for (let m = 0; m < 20; m += 1) await rename(ids[m % ids.length] ?? 0, `kill${n}of${m}@example.com`);
        const { body } = await ops('/users/rebuild', 'POST');
        await pause(Math.random() * 60);
        await evident.kill();
        evident = await evident.restart();
        expect(await untilDone(body.job)).toMatchObject({ state: 'done' });
        expect((await ops('/users/verify', 'POST')).body).toMatchObject({ differing: 0 });
        for (const [m, id] of ids.entries())
          expect((await read(id)).body.email).toBe(`kill${n}of${m + 10}@example.com`);
      }
    },
    60_000 + kills * 30_000,
  );
});
