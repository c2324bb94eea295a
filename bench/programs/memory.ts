import { setTimeout as pause } from 'node:timers/promises';
import { startDeployment } from '@evident/testing';
import type { Program } from '../program.ts';
import { startEcho } from '../servers/echo.ts';
import { residentMib } from '../servers/resident-memory.ts';

/** `--seconds` is how long they have been idle; threads for hashes have ended by then. */
export const memory: Program = {
  name: 'memory',
  measures: 'resident memory of standalone on a log that is there, which nobody asks anything',
  unit: 'MiB',
  limit: 'a bare fastify + zod echo, as idle',
  budget: [
    { of: 'figure', most: 143 },
    { of: 'figure', most: 105, isAim: true },
  ],
  seconds: 40,
  async run({ number, seconds, serverEnv }) {
    const echo = await startEcho();
    const first = await startDeployment({ shape: 'main', env: serverEnv });
    // What warms up here is the cache of files.
    const idle = () => pause(number === 0 ? 0 : seconds * 1_000);
    await idle();
    const afterFirstStart = residentMib(first.process.pid);
    await first.stop();
    const evident = await first.restart();
    await idle();
    const [figure, limit] = [residentMib(evident.process.pid), residentMib(echo.value.pid)];
    await evident.remove();
    await echo.close();
    return { figure, limit, also: { 'after the first start, keys and administrator made, MiB': afterFirstStart } };
  },
};
