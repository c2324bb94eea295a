import { setTimeout as pause } from 'node:timers/promises';
import { revocationsSubject } from '@evident/contracts';
import {
  type Deployment,
  freePort,
  isMissing,
  type NatsServer,
  startDeployment,
  startNatsServer,
  startService,
  until,
} from '@evident/testing';
import { connectNats, NatsClient } from '@evident/transport/nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheapHashes } from '../consistency/stage.ts';
import { checkHistory } from '../crash/check-history.ts';
import { History } from '../crash/history.ts';
import { observe } from '../crash/observed.ts';
import { attempt, type Operation, writtenPassword } from '../crash/operations.ts';
import { Writers } from '../crash/writers.ts';
import { adminToken, call } from '../e2e/http.ts';
import { verify } from '../e2e/objects.ts';
import { untilReady } from '../e2e/until-ready.ts';

const started = await startNatsServer();
const reason = isMissing(started) ? ` (skipped: ${started.missing})` : '';
/** The longest that the gateway lets a request take (10 s), and what a busy machine adds to it. */
const inTimeMs = 15_000;

describe.skipIf(isMissing(started))(`four processes whose NATS server is gone${reason}`, () => {
  const nats = started as NatsServer;
  let evident: Deployment;
  let token: string;

  beforeAll(async () => {
    const env = { ...cheapHashes, RATE_LIMIT: 'off', NATS_URL: nats.url };
    evident = await startDeployment({ shape: 'split', env });
    token = await adminToken(evident);
  });
  afterAll(async () => {
    await evident?.remove();
    await nats.stop();
  });

  const title = 'answer 503 in time and say what is away, heal by themselves, and lose nothing that was acknowledged';
  it(title, async () => {
    const history = new History();
    const write = (operation: Operation) => {
      const answered = history.begin(operation, JSON.stringify(operation));
      return attempt(evident, token, operation, JSON.stringify(operation)).then((answer) => {
        answered(answer);
        return answer.body;
      });
    };
    const user = await write({ kind: 'register-user', username: 'jdoe', email: 'jdoe@example.com' });
    const app = await write({ kind: 'register-app', name: 'OpenProject' });
    await write({ kind: 'assign', user: user.id, app: app.id });
    const credentials = { username: 'jdoe', password: writtenPassword };
    const answers = () => {
      const asked = Promise.all([
        verify(evident, credentials, app.api_key),
        call(evident, '/token', { form: evident.administrator }),
        call(evident, '/users/?limit=1', { token }),
        call(evident, `/users/${user.id}`, { method: 'PUT', token, json: {} }),
      ]);
      return Promise.race([asked, pause(inTimeMs, undefined, { ref: false })]);
    };
    const heartbeats = await listen();
    const writers = new Writers({ evident, token, history, inDoubt: 'repeats' });
    await history.untilAcknowledged(20);
    const before = evident.output().length;
    await nats.halt();
    const gone = await answers();
    expect(gone?.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    expect(gone?.map(({ headers }) => headers.get('retry-after'))).not.toContain(null);
    expect((await call(evident, '/health')).status).toBe(200);
    const unready = async () => {
      const { status, body } = await call(evident, '/ready');
      return status === 503 ? JSON.stringify(body) : undefined;
    };
    expect(await until(unready, { what: '503 of /ready' })).toMatch(/the connection to NATS is lost/);
    const told = () =>
      evident
        .output()
        .slice(before)
        .match(/connection to NATS is lost/g) ?? [];
    // The gateway answers for itself; each of the others says it when it has noticed.
    await until(() => told().length >= 4 || undefined, { what: 'a word of all four processes' });

    await nats.restart();
    await untilReady(evident);
    expect(told()).toHaveLength(4);
    const heard = heartbeats.count();
    await until(() => heartbeats.count() > heard + 1 || undefined, { what: 'broadcasts after the restart' });
    await heartbeats.close();
    await history.untilAcknowledged(20);
    await writers.stop();
    expect((await answers())?.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(history.inDoubt()).toEqual([]);
    expect(checkHistory(history.entries, await observe(evident, token))).toEqual([]);
  });

  it('wait for it where it comes after them, and say what to do', async () => {
    await nats.halt();
    const starting = startService('gateway', {
      NATS_URL: nats.url,
      PORT: String(await freePort()),
      PUBLIC_URL: evident.url.replace('127.0.0.1', 'localhost'),
    });
    await until(() => starting.output().includes('does not answer') || undefined, { what: 'a word about NATS' });
    expect(starting.output()).toMatch(/NATS at 127\.0\.0\.1:\d+ does not answer; start it, or correct NATS_URL/);
    await nats.restart();
    const gateway = await starting.ready;
    await untilReady(evident);
    await gateway.stop();
  });

  /** Hears what identity-projection broadcasts, over a connection of its own that has to come back as well. */
  async function listen() {
    const link = await connectNats({ servers: [nats.url], service: 'spec' });
    let heard = 0;
    new NatsClient(link).subscribe(revocationsSubject('main'), () => {
      heard += 1;
    });
    return { count: () => heard, close: () => link.close() };
  }
});
