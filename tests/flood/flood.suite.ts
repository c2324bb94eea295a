import type { Deployment } from '@evident/testing';
import { serviceProcesses } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, type NewUser, uniqueName } from '../e2e/objects.ts';
import type { Shape } from '../e2e/shape.ts';
import { openLogOf } from '../security/opened-log.ts';
import { type Health, watchHealth } from './watched-health.ts';
import { residentMemory, whyNoMemory } from './watched-memory.ts';

const requests = Number(process.env.FLOOD_REQUESTS ?? 300);
const users = 20;

/**
 * MiB by which a process may grow. Nothing in it grows with the length of a flood: hashes run in as many threads as
 * there are cores with 19 MiB each, at most 150 wait for a thread, 1,024 requests are worked on at a time and what
 * comes beyond is answered 503, a request has at most 64 KiB of body and 16 KiB of headers, and attempts are remembered
 * of 50,000 accounts and callers, 300 bytes each. The rest is the room that the collector leaves before it runs.
 */
const mayGrowMib = 256;
const healthWithinMs = 250;

interface Answer {
  readonly kind: 'unknown' | 'wrong' | 'right';
  readonly status: number;
  readonly retryAfter: string | null;
  readonly authorized: unknown;
}

/** Many sign-ins at once: each is answered, none of the bounds is passed, and nobody is locked out by it. */
export function floodSuite(shape: Shape): void {
  const missing = shape.missing ?? whyNoMemory();
  describe.skipIf(missing !== undefined)(
    `${shape.name}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      let evident: Deployment;
      let apiKey: string;
      let known: NewUser[];
      let victim: NewUser;
      let answers: Answer[];
      let health: Health;
      let grown: [process: string, mebibytes: number][];
      let types: readonly string[];

      const verify = async (
        kind: Answer['kind'],
        username: string,
        password: string,
        clientIp: string,
      ): Promise<Answer> => {
        const json = { username, password, api_key: apiKey, client_ip: clientIp };
        const { status, headers, body } = await call(evident, '/verify', { json });
        return { kind, status, retryAfter: headers.get('retry-after'), authorized: body.authorized };
      };
      const exempt = () => verify('right', victim.username, victim.password, '203.0.113.1');

      beforeAll(async () => {
        evident = await shape.start();
        const token = await adminToken(evident);
        const { body: app } = await createApp(evident, token);
        apiKey = app.api_key;
        const assigned = async () => {
          const user = await createUser(evident, token);
          await call(evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token });
          return user;
        };
        victim = await assigned();
        known = [];
        for (let index = 0; index < users; index += 1) known.push(await assigned());
        await exempt();

        const opened = await openLogOf(evident);
        const before = (await opened.stored()).length;
        const services = [...serviceProcesses(evident.process.pid)];
        const processes: (readonly [string, number])[] =
          services.length > 0 ? services : [['standalone', evident.process.pid ?? 0]];
        const idle = new Map(processes.map(([name, id]) => [name, residentMemory(id).now]));
        const gateway = serviceProcesses(evident.process.pid).get('gateway') ?? evident.process.pid ?? 0;
        const watched = await watchHealth(evident.url, gateway);
        answers = await Promise.all(Array.from({ length: requests }, (_, index) => oneOf(index)));
        health = await watched.end();
        grown = processes.map(([name, id]) => [name, residentMemory(id).most - (idle.get(name) ?? 0)]);
        types = await opened.typesAfter(before);
        await opened.close();
        report();
      });
      afterAll(async () => {
        await evident?.remove();
        await shape.stopServers();
      });

      /** In turns a name that nobody has, a right password, and a guess at one account from all over the world. */
      const oneOf = (index: number): Promise<Answer> => {
        const address = `198.51.${100 + Math.floor(index / 250)}.${index % 250}`;
        if (index % 3 === 0) return verify('unknown', uniqueName(), 'a guess', address);
        if (index % 3 === 1) return verify('wrong', victim.username, 'a guess', address);
        const user = known[index % users] ?? victim;
        return verify('right', user.username, user.password, address);
      };

      const count = (is: (answer: Answer) => boolean) => answers.filter(is).length;

      function report(): void {
        const statuses = [200, 429, 503].map((status) => `${count((answer) => answer.status === status)} × ${status}`);
        const memory = grown.map(([name, mebibytes]) => `${name} +${mebibytes.toFixed(0)} MiB`).join(', ');
        console.log(
          `${shape.name}: ${requests} at once: ${statuses.join(', ')}; ${memory}; ` +
            `/health at worst ${health.worstMs.toFixed(0)} ms (${health.worstOwnMs.toFixed(0)} ms its own) of ${health.answers} answers; ${types.length} events`,
        );
      }

      it('each is answered: judged, asked to wait, or shed, and told for how long', () => {
        expect(answers).toHaveLength(requests);
        for (const { status, retryAfter } of answers) {
          expect([200, 429, 503]).toContain(status);
          if (status !== 200) expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
        }
        expect(count(({ status }) => status === 200)).toBeGreaterThan(0);
      });

      it('each that was judged was judged rightly', () => {
        for (const { kind, status, authorized } of answers) {
          if (status === 200) expect({ kind, authorized }).toEqual({ kind, authorized: kind === 'right' });
        }
        // Of the one account's guesses at most as many were judged as the limit of all callers allows.
        expect(count(({ kind, status }) => kind === 'wrong' && status === 200)).toBeLessThanOrEqual(100);
      });

      it(`no process grows by more than ${mayGrowMib} MiB`, () => {
        for (const [name, mebibytes] of grown)
          expect.soft({ name, mebibytes, isBounded: mebibytes <= mayGrowMib }).toMatchObject({ isBounded: true });
      });

      it(`/health answers within ${healthWithinMs} ms throughout`, () => {
        expect(health.failures).toEqual([]);
        expect(health.worstOwnMs).toBeLessThanOrEqual(healthWithinMs);
      });

      it('the log has one event for each that was judged, and one for all refusals of a wait', () => {
        const judged = types.filter((type) => type === 'signin.succeeded' || type === 'signin.failed').length;
        const answered = count(({ status }) => status === 200);
        expect(judged).toBeGreaterThanOrEqual(answered);
        // Who was told that the time was up may have been judged all the same.
        expect(judged).toBeLessThanOrEqual(answered + count(({ status }) => status === 503));
        expect(types.filter((type) => type === 'signin.throttled').length).toBeLessThanOrEqual(2);
        expect(types.filter((type) => !type.startsWith('signin.'))).toEqual([]);
      });

      it('afterwards who signed in before gets in, also to the account that was attacked', async () => {
        expect(await exempt()).toMatchObject({ status: 200, authorized: true });
        const [user] = known;
        expect(await verify('right', user?.username ?? '', user?.password ?? '', '203.0.113.2')).toMatchObject({
          status: 200,
          authorized: true,
        });
      });
    },
  );
}
