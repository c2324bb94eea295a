import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, serviceProcesses } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, uniqueName } from '../e2e/objects.ts';
import type { Shape } from '../e2e/shape.ts';
import { claimsOf } from './planted-key.ts';
import { cheapHashes } from './security.suite.ts';
import { trace, whatHappenedTo, whyNoStrace } from './strace.ts';

/** Requests of each kind, one after the other and then all at once. */
const rounds = Number(process.env.TRACE_ROUNDS ?? 4);

interface Answered {
  /** Text that nothing has but its event. */
  readonly event: string;
  readonly requestId: string;
}

/** No answer leaves before its event is on the disk (design.md, section 6): watched from outside, system call by system call. */
export function syncBeforeAnswerSuite(shape: Shape): void {
  const missing = shape.missing ?? whyNoStrace();
  describe.skipIf(missing !== undefined)(
    `${shape.name}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      let evident: Deployment;
      let token: string;

      beforeAll(async () => {
        evident = await shape.start(cheapHashes);
        token = await adminToken(evident);
      });
      afterAll(async () => {
        await evident?.remove();
        await shape.stopServers();
      });

      it('the sync of the log’s write-ahead file is done before the first byte of each answer', async () => {
        const { body: app } = await createApp(evident, token);
        const user = await createUser(evident, token);
        let serial = 0;
        const named = () => ({ 'x-request-id': `traced-${String(++serial).padStart(6, '0')}-end` });
        const ask = async (path: string, options: Parameters<typeof call>[2], status: number): Promise<Answered> => {
          const headers = named();
          const answer = await call(evident, path, { ...options, headers });
          expect(answer.status).toBe(status);
          const requestId = headers['x-request-id'];
          // The second event of a token, its session, is in the log under the id that the token names.
          const event = path === '/token' ? `session-main.${claimsOf(answer.body.access_token).sid}` : requestId;
          return { event, requestId };
        };
        const verify = (password: string) =>
          ask('/verify', { json: { username: user.username, password, api_key: app.api_key } }, 200);
        const kinds = [
          () => verify(user.password),
          () => verify('not the password'),
          () => ask('/token', { form: evident.administrator }, 200),
          () =>
            ask(
              '/users/',
              {
                token,
                json: { ...user, username: uniqueName(), email: `${uniqueName()}@example.com`, body: 0, answer: 0 },
              },
              201,
            ),
          () => ask('/apps/', { token, json: { name: 'Traced', url: 'https://traced.example.com' } }, 201),
          () =>
            ask(
              `/users/${user.body.id}`,
              { method: 'PUT', token, json: { email: `${uniqueName()}@example.com` } },
              200,
            ),
        ];
        const services = [...serviceProcesses(evident.process.pid).values()];
        const watched = await trace(services.length > 0 ? services : [evident.process.pid ?? 0]);
        const answered: Answered[] = [];
        for (let round = 0; round < rounds; round += 1) {
          for (const kind of kinds) answered.push(await kind());
          answered.push(...(await Promise.all(kinds.map((kind) => kind()))));
        }
        const calls = await watched.end();
        const logFile = join(realpathSync(evident.dataDir), 'events.db-wal');
        for (const { event, requestId } of answered) {
          const places = whatHappenedTo(calls, { event, answer: `x-request-id: ${requestId}`, logFile });
          const { written = Number.NaN, synced = Number.NaN, answered: left = Number.NaN } = places;
          const isInOrder = written < synced && synced < left;
          expect.soft({ requestId, ...places, isInOrder }).toMatchObject({ requestId, isInOrder: true });
        }
      });
    },
  );
}
