import { once } from 'node:events';
import { type Deployment, serviceProcesses } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheapHashes } from '../consistency/stage.ts';
import { checkHistory } from '../crash/check-history.ts';
import { History } from '../crash/history.ts';
import { observe } from '../crash/observed.ts';
import { attempt, type Operation } from '../crash/operations.ts';
import { Writers } from '../crash/writers.ts';
import { adminToken, call } from '../e2e/http.ts';
import type { Shape } from '../e2e/shape.ts';
import { untilReady } from '../e2e/until-ready.ts';

/** About a second on one core: long enough for signals to arrive while it is computed. */
const slowHashes = { ARGON2_MEMORY_KIB: '131072', ARGON2_PASSES: '6' };

/** The end that an operator asks for: what was begun is finished, and what was answered stays. */
export function gracefulEndSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`SIGTERM on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let token: string;
    const history = new History();

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off', ...cheapHashes });
      token = await adminToken(evident);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

    it('under 16 writers ends with exit code 0, and every answered write is there afterwards', async () => {
      const writers = new Writers({ evident, token, history, inDoubt: 'ends' });
      await history.untilAcknowledged(50);
      expect(await evident.stop()).toBe(0);
      await writers.lost();
      await start();
      expect(checkHistory(history.entries, await observe(evident, token))).toEqual([]);
    });

    const kills: readonly (readonly [to: string, pids: () => readonly (number | undefined)[]])[] = [
      ['its first process', () => [evident.process.pid]],
      ['all of them at once', () => [evident.process.pid, ...serviceProcesses(evident.process.pid).values()]],
    ];
    it.each(kills.slice(0, shape.natsUrl === undefined ? 1 : 2))(
      'to %s, then Ctrl-C, then a terminal that is closed, finishes the request that is under way',
      async (to, pids) => {
        const username = `slow-${to.replaceAll(' ', '-')}`;
        const operation: Operation = { kind: 'register-user', username, email: `${username}@example.com` };
        const answered = history.begin(operation, username);
        const slow = attempt(evident, token, operation, username);
        // Whatever was sent before has been taken by the time that this is answered.
        await call(evident, '/users/?limit=1', { token });
        const ended = once(evident.process, 'exit');
        for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
          for (const pid of pids()) send(pid, signal);
          await new Promise(setImmediate);
        }
        const answer = await slow;
        answered(answer);
        expect(answer.status).toBe(201);
        expect(await ended).toEqual([0, null]);
        await start();
        expect(checkHistory(history.entries, await observe(evident, token))).toEqual([]);
      },
    );

    it('ends it with exit code 0 also where nobody reads its output any more', async () => {
      await evident.stop();
      evident = await evident.restart({ LOG_LEVEL: 'info' });
      for (const output of [evident.process.stdout, evident.process.stderr]) output?.destroy();
      await call(evident, '/users/?limit=1', { token });
      expect(await evident.stop()).toBe(0);
    });

    async function start(): Promise<void> {
      evident = await evident.restart(slowHashes);
      await untilReady(evident);
    }
  });
}

function send(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
