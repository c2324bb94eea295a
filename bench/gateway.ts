// Requests a second of the gateway alone (its services answer at once) beside a bare fastify + zod echo of the same
// run. Needs wrk on the PATH and a build.
//
//   npm run build && node bench/gateway.ts [seconds a round, default 3] [rounds, default 5]
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ratioTable } from './figures.ts';

const [seconds = 3, rounds = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'evident-bench-'));
const body = JSON.stringify({ username: 'jdoe', password: 'secretpassword', api_key: 'k'.repeat(43) });

const start = async (file: string) => {
  const child = fork(join(import.meta.dirname, file), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = await once(child, 'message');
  return { child, message };
};
const echo = await start('servers/echo-server.ts');
const gateway = await start('gateway-server.ts');
const { port, token } = gateway.message as { port: number; token: string };

const post = script('post', `wrk.method="POST"\nwrk.headers["content-type"]="application/json"\nwrk.body='${body}'`);
const get = script('get', `wrk.headers["authorization"]="Bearer ${token}"`);
const rates = { echo: [], verify: [], user: [], health: [] } as Record<string, number[]>;
for (let round = 0; round <= rounds; round += 1) {
  const measured = {
    echo: rate(`http://127.0.0.1:${echo.message}/echo`, post),
    verify: rate(`http://127.0.0.1:${port}/verify`, post),
    user: rate(`http://127.0.0.1:${port}/users/5`, get),
    health: rate(`http://127.0.0.1:${port}/health`, get),
  };
  // The first round warms up.
  if (round > 0) for (const [name, value] of Object.entries(measured)) rates[name]?.push(value);
}
const beside = rates.echo ?? [];
process.stdout.write(
  ratioTable([
    { what: 'bare fastify + zod echo', perSecond: beside },
    { what: 'POST /verify, gateway alone', perSecond: rates.verify ?? [], beside },
    { what: 'GET /users/{id}, gateway alone', perSecond: rates.user ?? [], beside },
    { what: 'GET /health', perSecond: rates.health ?? [], beside },
  ]),
);
gateway.child.kill();
echo.child.kill();
rmSync(folder, { recursive: true });

function rate(url: string, lua: string): number {
  const run = spawnSync('wrk', ['-t1', '-c64', `-d${seconds}s`, '-s', lua, url], { encoding: 'utf8' });
  if (run.error !== undefined) throw new Error('this program needs wrk on the PATH');
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(run.stdout);
  if (failed !== null) throw new Error(`${failed[1]} answers of ${url} were no 2xx`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(run.stdout)?.[1]);
}

function script(name: string, lua: string): string {
  const file = join(folder, `${name}.lua`);
  writeFileSync(file, lua);
  return file;
}
