import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, startDeployment, until } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { untilReady } from '../e2e/until-ready.ts';
import { checkLog } from './check-log.ts';
import { observe } from './observed.ts';

/** A quarter of those under load: each is two starts. */
const rounds = Math.ceil(Number(process.env.CRASH_ROUNDS ?? 2) / 4);
const program = join(import.meta.dirname, '../../services/standalone/dist/program/main.js');
/** A first start takes the better part of a second; what matters happens after the program is loaded. */
const earliestMs = 250;
const latestMs = 1_000;

describe('a first start that is killed at any moment', () => {
  it(
    `is taken up by the next one: same keys, one administrator, and a generated password that was shown (${rounds} rounds)`,
    async () => {
      for (let round = 1; round <= rounds; round++) {
        const dataDir = mkdtempSync(join(tmpdir(), 'evident-'));
        const env = { PORT: String(await freePort()), ARGON2_MEMORY_KIB: '8', ARGON2_PASSES: '1', RATE_LIMIT: 'off' };
        const shown = await killedStart(dataDir, env, earliestMs + Math.random() * (latestMs - earliestMs));
        const evident = await startDeployment({ shape: 'main', dataDir, env: { ...env, ADMIN_PASSWORD: '' } });
        try {
          // What it prints and that it serves come by two pipes.
          const printed = () => shown ?? passwordIn(evident.output());
          const password = await until(printed, { what: `the password of round ${round}` });
          expect(passwordIn(evident.output()) ?? password, `round ${round}`).toBe(password);
          await untilReady(evident);
          const token = await adminToken({ ...evident, administrator: { username: 'admin', password } });
          expect((await call(evident, '/users/', { token })).body).toMatchObject([{ id: 1, username: 'admin' }]);
          const observed = await observe(evident, token);
          expect([...observed.damage, ...checkLog(observed)]).toEqual([]);
        } finally {
          await evident.remove();
        }
      }
    },
    60_000 + rounds * 20_000,
  );
});

/** Gives the password that it had printed by then. */
async function killedStart(dataDir: string, env: Readonly<Record<string, string>>, afterMs: number) {
  const child = fork(program, [], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env, DATA_DIR: dataDir },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed += String(chunk);
  });
  const closed = once(child, 'close');
  await pause(afterMs);
  child.kill('SIGKILL');
  await closed;
  return passwordIn(printed);
}

function passwordIn(output: string): string | undefined {
  return /^ *Password:? +(\S+)$/m.exec(output)?.[1];
}
