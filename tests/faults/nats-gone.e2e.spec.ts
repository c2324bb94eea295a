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
import { Writers } from '../crash/writers.ts';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser, verify } from '../e2e/objects.ts';
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

  it('lose and double nothing that was acknowledged around it', async () => {
    const history = new History();
    const writers = new Writers({ evident, token, history, inDoubt: 'repeats' });
    const more = (count: number) => {
      const enough = history.acknowledged + count;
      return until(() => history.acknowledged >= enough || undefined, { what: `${count} acknowledged writes` });
    };
    await more(30);
    await nats.halt();
    await nats.restart();
    await more(30);
    await writers.stop();
    await untilReady(evident);
    expect(history.inDoubt()).toEqual([]);
    expect(checkHistory(history.entries, await observe(evident, token))).toEqual([]);
  });

  it('answer 503 in time, say in /ready and once in the log what is away, and heal by themselves', async () => {
    const user = await createUser(evident, token);
    const { body: app } = await createApp(evident, token);
    await call(evident, `/users/${user.body.id}/assign/${app.id}`, { method: 'POST', token });
    const answers = () => {
      const late = pause(inTimeMs, undefined, { ref: false });
      const asked = Promise.all([
        verify(evident, user, app.api_key),
        call(evident, '/token', { form: evident.administrator }),
        call(evident, '/users/?limit=1', { token }),
        call(evident, `/users/${user.body.id}`, { method: 'PUT', token, json: {} }),
      ]);
      return Promise.race([asked, late]);
    };
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
    const said = evident.output().slice(before).split('\n');
    expect(said.filter((line) => /connection to NATS is lost/.test(line))).toHaveLength(4);

    await nats.restart();
    await untilReady(evident);
    expect((await answers())?.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  });

  it('broadcast again once it is back', async () => {
    const link = await connectNats({ servers: [nats.url], service: 'spec' });
    let heard = 0;
    const count = () => {
      heard += 1;
    };
    const unsubscribe = new NatsClient(link).subscribe(revocationsSubject('main'), count);
    await until(() => heard > 1 || undefined, { what: 'a heartbeat of the list of ended tokens' });
    await nats.halt();
    await nats.restart();
    const heardBefore = heard;
    await until(() => heard > heardBefore + 1 || undefined, { what: 'a heartbeat after the restart' });
    unsubscribe();
    await link.close();
    await untilReady(evident);
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
});
