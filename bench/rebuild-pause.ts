/**
 * How long a reader waits while rows are rebuilt: standalone with so many users, 50 writes and 200 reads a second over
 * HTTP, first without a rebuild, then with one after the other. Reads leave on time, whatever those before take, so
 * that a pause is seen by all that fall into it. `node --conditions=@evident/source bench/rebuild-pause.ts [users] [rebuilds]`
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openTemporaryLog, PeopleOnLog, startDeployment } from '@evident/testing';
import { adminToken, call } from '../tests/e2e/http.ts';
import { createUser } from '../tests/e2e/objects.ts';

const users = Number(process.argv[2] ?? 5_000);
const rebuilds = Number(process.argv[3] ?? 5);
const writesPerSecond = 50;
const readsPerSecond = 200;
const writers = 20;

/** Began at, and took, in milliseconds. */
interface Taken {
  readonly at: number;
  readonly ms: number;
}

const dataDir = await filledDirectory();
const evident = await startDeployment({
  shape: 'main',
  dataDir,
  env: {
    RATE_LIMIT: 'off',
    ACCESS_TOKEN_TTL: '86400',
    ...(process.env.LOG_LEVEL && { LOG_LEVEL: process.env.LOG_LEVEL }),
  },
});
const token = await adminToken(evident);
const ids: number[] = [];
while (ids.length < writers) {
  const { body } = await createUser(evident, token);
  if (body.id !== undefined) ids.push(body.id);
}
const reads: Taken[] = [];
const writes: Taken[] = [];
let failed = 0;
const endReads = atRate(readsPerSecond, (turn) => timed(reads, 'GET', turn));
const endWrites = atRate(writesPerSecond, (turn) => timed(writes, 'PUT', turn));

await pause(2_000);
const quiet = { from: performance.now(), to: 0 };
await pause(6_000);
quiet.to = performance.now();
report('no rebuild', quiet);
for (let n = 0; n < rebuilds; n += 1) {
  const from = performance.now();
  const { body: asked } = await call(evident, '/ops/projections/users/rebuild', { token, method: 'POST' });
  let last = from;
  let job = asked;
  while (job.state !== 'done' && job.state !== 'failed') {
    last = performance.now();
    await pause(5);
    job = (await call(evident, `/ops/projections/users/rebuild/${asked.job}`, { token })).body;
  }
  const to = performance.now();
  await pause(500);
  report(`rebuild ${n + 1}: ${job.state}, ${job.total} events in ${((to - from) / 1_000).toFixed(1)} s`, { from, to });
  report('  around the swap', { from: last - 100, to: to + 500 });
}
await endReads();
await endWrites();
console.log(`${reads.length} reads, ${writes.length} writes, ${failed} failed`);
if (process.env.SHOW_OUTPUT) console.log(evident.output());
await evident.remove();

function report(what: string, { from, to }: { readonly from: number; readonly to: number }): void {
  const told = (name: string, all: readonly Taken[]) => {
    const took = all
      .filter(({ at, ms }) => at + ms >= from && at < to)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    const at = (share: number) => (took[Math.floor(share * (took.length - 1))] ?? Number.NaN).toFixed(1);
    return `${name} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  };
  console.log(`${what}: ${told('reads', reads)}; ${told('writes', writes)}`);
}

async function timed(into: Taken[], method: 'GET' | 'PUT', turn: number): Promise<void> {
  const at = performance.now();
  const id = ids[turn % ids.length] ?? 0;
  const json = method === 'PUT' ? { json: { email: `turn${turn}@example.com` } } : {};
  const { status, body } = await call(evident, `/users/${id}`, { token, method, ...json });
  into.push({ at, ms: performance.now() - at });
  if (status === 200) return;
  failed += 1;
  if (failed <= 3) console.log(`failed: ${status} ${JSON.stringify(body)}`);
}

function atRate(perSecond: number, work: (turn: number) => Promise<void>) {
  const working = new Set<Promise<void>>();
  let turn = 0;
  const timer = setInterval(() => {
    const one = work(turn++).finally(() => working.delete(one));
    working.add(one);
  }, 1_000 / perSecond);
  return async () => {
    clearInterval(timer);
    await Promise.all(working);
  };
}

/** Users with a history of ten events each. */
async function filledDirectory(): Promise<string> {
  const temporary = await openTemporaryLog();
  const people = new PeopleOnLog(temporary.log);
  const addUser = async (n: number) => {
    const uid = randomUUID();
    const identifiers = [
      await people.claim(uid, 'username', `person${n}`),
      await people.claim(uid, 'email', `person${n}@example.com`),
    ];
    const registration = { type: 'register-user' as const, number: 1_000_000 + n, identifiers, isAdmin: false };
    await people.changeUser(uid, { ...registration, passwordHash: 'sealed' });
    const named = Array.from({ length: 5 }, (_, m) => ({ type: 'user.named', data: { name: `name ${m}` } }));
    await people.append(`user-main.${uid}`, named);
  };
  for (let n = 0; n < users; n += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, m) => addUser(n + m)));
  }
  await temporary.close();
  return temporary.config.dataDir;
}
