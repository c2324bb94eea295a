// Requests a second of the built standalone beside two raw limits of the same run: bare argon2id, and a bare
// fastify + zod echo. Needs wrk on the PATH and a build.
//
//   npm run build && node --conditions=@evident/source bench/http.ts [seconds a round, default 5] [rounds, default 3]
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPasswordHasher } from '@evident/crypto';
import { type Deployment, startDeployment } from '@evident/testing';
import { bareArgon2Rate } from './bare-argon2.ts';
import { ratioTable } from './figures.ts';

const seconds = Number(process.argv[2] ?? 5);
const rounds = Number(process.argv[3] ?? 3);
const connections = 64;
/** Enough to keep every hashing thread busy, and few enough that none is shed. */
const hashingConnections = 16;
const users = 200;
const folder = mkdtempSync(join(tmpdir(), 'evident-bench-'));

interface Prepared {
  readonly evident: Deployment;
  readonly token: string;
  readonly userId: number;
  readonly bodies: readonly string[];
}

const hasher = createPasswordHasher({ memoryKib: 19_456, passes: 2, lanes: 1 });
const phc = hasher.decoyHash();
await hasher.close();
const quiet = { RATE_LIMIT: 'off', LOG_LEVEL: 'error' };
const echo = await startEcho();
const remembered = await prepare({});
const hashing = await prepare({ VERIFY_MEMO: 'off' });
const postScript = (bodies: readonly string[]) =>
  script(`local bodies = {${bodies.map((body) => JSON.stringify(body)).join(',')}}
local at = 0
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, bodies[at])
end`);
const getScript = (token: string) => script(`wrk.headers["Authorization"] = "Bearer ${token}"`);

const figures = { echo: [], repeated: [], user: [], argon: [], distinct: [] } as Record<string, number[]>;
try {
  // The first round only warms up: what runs often has been compiled after it.
  for (let round = 0; round <= rounds; round++) {
    const measured = {
      echo: wrk(`${echo.url}/echo`, postScript(remembered.bodies)),
      repeated: wrk(`${remembered.evident.url}/verify`, postScript(remembered.bodies)),
      user: wrk(`${remembered.evident.url}/users/${remembered.userId}`, getScript(remembered.token)),
      argon: await bareArgon2Rate(phc, seconds),
      distinct: wrk(`${hashing.evident.url}/verify`, postScript(hashing.bodies), hashingConnections),
    };
    if (round > 0) for (const [name, rate] of Object.entries(measured)) figures[name]?.push(rate);
  }
} finally {
  await remembered.evident.remove();
  await hashing.evident.remove();
  echo.process.kill();
}
process.stdout.write(
  ratioTable([
    { what: 'bare fastify + zod echo', perSecond: figures.echo ?? [] },
    { what: '/verify, repeated password', perSecond: figures.repeated ?? [], beside: figures.echo ?? [], budget: 0.25 },
    { what: 'GET /users/{id}', perSecond: figures.user ?? [], beside: figures.echo ?? [], budget: 0.35 },
    { what: `bare argon2id, ${availableParallelism()} threads`, perSecond: figures.argon ?? [] },
    {
      what: '/verify, password hashed each time',
      perSecond: figures.distinct ?? [],
      beside: figures.argon ?? [],
      budget: 0.9,
    },
  ]),
);

function wrk(url: string, lua: string, inFlight = connections): number {
  const run = spawnSync('wrk', ['-t1', `-c${inFlight}`, `-d${seconds}s`, '-s', lua, url], { encoding: 'utf8' });
  if (run.error !== undefined) throw new Error('this program needs wrk on the PATH');
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(run.stdout);
  if (failed !== null) throw new Error(`${failed[1]} answers of ${url} were no 2xx:\n${run.stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(run.stdout)?.[1]);
}

async function prepare(env: Readonly<Record<string, string>>): Promise<Prepared> {
  const evident = await startDeployment({ shape: 'main', env: { ...quiet, ...env } });
  const ask = async (path: string, body: unknown, token?: string) => {
    const form = body instanceof URLSearchParams;
    const response = await fetch(`${evident.url}${path}`, {
      method: 'POST',
      headers: {
        ...(form ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: form ? body : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return JSON.parse(await response.text());
  };
  const { access_token: token } = await ask('/token', new URLSearchParams({ ...evident.administrator }));
  const app = await ask('/apps/', { name: 'Bench', url: 'https://bench.example.com' }, token);
  const password = 'password of a bench 1';
  const prepared: { id: number; body: Readonly<Record<string, string>> }[] = [];
  for (let index = 0; index < users; index++) {
    const username = `bench${index}`;
    const user = await ask('/users/', { username, email: `${username}@example.com`, password }, token);
    await ask(`/users/${user.id}/assign/${app.id}`, {}, token);
    prepared.push({ id: user.id, body: { username, password, api_key: app.api_key } });
  }
  // Each password is proven once before the rounds begin.
  for (const { body } of prepared) await ask('/verify', body);
  return { evident, token, userId: prepared[0]?.id ?? 0, bodies: prepared.map(({ body }) => JSON.stringify(body)) };
}

async function startEcho(): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(join(import.meta.dirname, 'echo-server.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [port] = await once(child, 'message');
  return { url: `http://127.0.0.1:${port}`, process: child };
}

function script(lua: string): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.lua`);
  writeFileSync(file, lua);
  return file;
}
