import {
  type Deployment,
  isMissing,
  type NatsServer,
  type StartedService,
  startDeployment,
  startNatsServer,
  startService,
} from '@evident/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freezeUnlocked } from '../consistency/freeze-unlocked.ts';
import { adminToken, call } from '../e2e/http.ts';
import { FollowedLog } from './followed-log.ts';

const probe = await startNatsServer();
const missing = isMissing(probe) ? probe.missing : undefined;
if (!isMissing(probe)) await probe.stop();
const title = `two processes of identity-projection${missing === undefined ? '' : ` (${missing})`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let server: NatsServer;
  let evident: Deployment;
  let log: FollowedLog;
  let nats: NatsConnection;
  let second: StartedService;

  beforeAll(async () => {
    const started = await startNatsServer();
    if (isMissing(started)) throw new Error(started.missing);
    server = started;
    evident = await startDeployment({ shape: 'split', env: { NATS_URL: server.url } });
    log = await FollowedLog.open(evident.dataDir, () => 0.1);
    nats = await connect({ servers: server.url });
    const env = { PORT: new URL(evident.url).port, DATA_DIR: evident.dataDir, NATS_URL: server.url, LOG_LEVEL: 'info' };
    second = await startService('identity-projection', env).ready;
  });
  afterAll(async () => {
    await second?.stop();
    await nats?.close();
    await log?.close();
    await evident?.remove();
    await server?.stop();
  });

  /** Positions of the events in the stream, in its order. */
  async function published(): Promise<readonly string[]> {
    const { state } = await (await jetstreamManager(nats)).streams.info('EVIDENT_EVENTS');
    const positions: string[] = [];
    if (state.messages === 0) return positions;
    const consumer = await jetstream(nats).consumers.get('EVIDENT_EVENTS');
    for await (const message of await consumer.consume()) {
      positions.push(message.json<{ position: string }>().position);
      if (message.info.pending === 0) return positions;
    }
    return positions;
  }

  /** What the second one did and was told that another does now. */
  const displaced = (): readonly string[] =>
    second
      .output()
      .split('\n')
      .filter((line) => /"reason":"taken-over"|Another process publishes/.test(line))
      .map((line) => JSON.parse(line).projection)
      .toSorted();

  async function expectAllOnce(): Promise<void> {
    const head = await log.lastPosition();
    await expect.poll(async () => (await published()).at(-1)).toBe(head);
    expect(await published()).toEqual(await log.positions());
  }

  it('publish each event once, and keep rows right, where the one at work is frozen and wakes after it was replaced', async () => {
    await log.write(3, 3);
    await expectAllOnce();
    // It came last, so it is the one that publishes and fills the rows.
    expect(displaced()).toEqual([]);
    const frozen = await freezeUnlocked(second.process.pid, evident.dataDir);
    await log.write(3, 3);
    await expectAllOnce();
    expect(displaced()).toEqual([]);
    frozen.wake();
    await expect.poll(displaced).toContain('feed');
    for (let n = 0; n < 5; n += 1) await log.write(2, 2);
    await expectAllOnce();
    const token = await adminToken(evident);
    const verify = () => call(evident, '/ops/projections/users/verify', { token, method: 'POST' });
    await expect.poll(async () => (await verify()).body).toMatchObject({ differing: 0 });
  });
});
