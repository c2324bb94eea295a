import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { streams } from '@evident/domain';
import { type Deployment, openTemporaryLog, PeopleOnLog, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, type Body, call } from '../e2e/http.ts';
import { createUser } from '../e2e/objects.ts';

/** Seconds under load, and kills in the middle of rebuilds: 20 are asked of it at length. */
const loadSeconds = Number(process.env.REBUILD_SECONDS ?? 4);
const kills = Number(process.env.REBUILD_KILLS ?? 3);
const writesPerSecond = 50;
const readsPerSecond = 200;
/** So many users with as many changes each make a rebuild long enough to be killed in the middle. */
const others = 50;

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

  /** Written beside the server, much faster than over HTTP. */
  async function addOthers(): Promise<void> {
    const { log, close } = await openTemporaryLog({ dataDir: evident.dataDir });
    const people = new PeopleOnLog(log);
    for (let number = 1_000; number < 1_000 + others; number += 1) {
      const changes = Array.from({ length: others }, (_, nth) => ({
        type: 'user.named',
        data: { name: `name ${nth}` },
      }));
      const registered = { type: 'user.registered', data: { number } };
      await people.append(streams.user('main', randomUUID()), [registered, ...changes]);
    }
    await close();
  }

  /** How long it takes where nobody kills it, in milliseconds. */
  async function timeOfOne(): Promise<number> {
    const { body } = await ops('/users/rebuild', 'POST');
    const { state, total, eventsPerSecond } = await untilDone(body.job);
    expect(state).toBe('done');
    return (total / eventsPerSecond) * 1_000;
  }

  it(
    'is one consistent model after kill -9 in the middle of it, and is done by the next process',
    async () => {
      await addOthers();
      const whole = await timeOfOne();
      let interrupted = 0;
      const expectOneModel = async (email: (nth: number) => string) => {
        for (const [m, id] of ids.entries()) expect((await read(id)).body.email).toBe(email(m));
        expect((await ops('/users/verify', 'POST')).body).toMatchObject({ differing: 0 });
      };
      for (let n = 0; n < kills; n += 1) {
        const email = (m: number) => `kill${n}of${m + 10}@example.com`;
        for (let m = 0; m < 20; m += 1) await rename(ids[m % ids.length] ?? 0, `kill${n}of${m}@example.com`);
        const { body } = await ops('/users/rebuild', 'POST');
        // The first certainly in the middle; the others about its end too, where the rows are swapped.
        await pause(whole * (n === 0 ? 0.5 : 2 * Math.random()));
        await evident.kill();
        evident = await evident.restart();
        const { state } = (await ops(`/users/rebuild/${body.job}`, 'GET')).body;
        if (state !== 'done') interrupted += 1;
        await expectOneModel(email);
        expect(await untilDone(body.job)).toMatchObject({ state: 'done' });
        await expectOneModel(email);
      }
      console.log(`${interrupted} of ${kills} rebuilds of ${whole.toFixed(0)} ms were killed before their end`);
      expect(interrupted).toBeGreaterThan(0);
    },
    60_000 + kills * 30_000,
  );
});
