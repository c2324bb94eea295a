import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Deployment, isMissing, type NatsServer, startDeployment, startNatsServer } from '@evident/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../e2e/http.ts';
import { type Expected, FollowedLog } from './followed-log.ts';
import { TableKeeper } from './table-keeper.ts';

/** `FEED_EVENTS=100000 FEED_KILLS=60` is what is asked of it at length. */
const events = Number(process.env.FEED_EVENTS ?? 3_000);
const kills = Number(process.env.FEED_KILLS ?? 6);
const seed = Number(process.env.FEED_SEED ?? 7);
const patience = 30_000 + events * 10;

const probe = await startNatsServer();
const missing = isMissing(probe) ? probe.missing : undefined;
if (!isMissing(probe)) await probe.stop();

/** Repeatable: the same kills with the same seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.skipIf(missing !== undefined)(`a followed feed${missing === undefined ? '' : ` (${missing})`}`, () => {
  const random = randomFrom(seed);
  let server: NatsServer;
  let evident: Deployment;
  let log: FollowedLog;
  let keeper: TableKeeper;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    const started = await startNatsServer();
    if (isMissing(started)) throw new Error(started.missing);
    server = started;
    evident = await startDeployment({ shape: 'main', env: { NATS_URL: server.url, ACCESS_TOKEN_TTL: '86400' } });
    token = await adminToken(evident);
    log = await FollowedLog.open(evident.dataDir, random);
    folder = mkdtempSync(join(tmpdir(), 'evident-table-'));
    keeper = keeperAt('table.db');
    await keeper.start();
  });
  afterAll(async () => {
    await keeper?.stop();
    await log?.close();
    await evident?.remove();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function keeperAt(file: string, changed: Readonly<Record<string, string>> = {}): TableKeeper {
    const env = { NATS_URL: server.url, EVIDENT_URL: evident.url, EVIDENT_TOKEN: token };
    return new TableKeeper({ ...env, TABLE: join(folder, file), ...changed });
  }

  async function expectTableOfLog(of: TableKeeper): Promise<void> {
    const expected = await log.expected();
    const changes = (all: Iterable<{ readonly changes: number }>) =>
      [...all].reduce((sum, each) => sum + each.changes, 0);
    const wanted = changes(expected.values());
    await expect.poll(async () => changes(await of.users()), { timeout: patience, interval: 100 }).toBe(wanted);
    expect(await tableOf(of)).toEqual(expected);
  }

  async function tableOf(keeper: TableKeeper): Promise<ReadonlyMap<string, Expected>> {
    const users = await keeper.users();
    return new Map(
      users.map(({ subject, active, admin, roles, changes }) => [subject, { active, admin, roles, changes }]),
    );
  }

  it(
    'has its effects once each, in order, whatever is killed',
    async () => {
      const each = Math.ceil(events / 20 / Math.max(1, kills));
      for (let n = 0; n < kills; n += 1) {
        const writing = log.write(each, 20);
        await pause(Math.floor(random() * 300));
        const victim = Math.floor(random() * 3);
        if (victim === 0) await keeper.kill();
        else if (victim === 1) process.kill(server.pid, 'SIGKILL');
        else await evident.kill();
        await writing;
        if (victim === 0) await keeper.start();
        else if (victim === 1) await server.restart();
        else evident = await evident.restart();
      }
      await expectTableOfLog(keeper);
      // It may say that NATS or Evident is away, but never that it could not handle an event.
      expect(keeper.said).not.toMatch(/^(?:user|role)\.\S+ \S+, attempt/m);
    },
    patience * 3,
  );

  it(
    'is joined with the log where JetStream has lost its storage, or has expired what comes next',
    async () => {
      const connection = await connect({ servers: server.url });
      const manager = await jetstreamManager(connection);
      await manager.streams.delete('EVIDENT_EVENTS');
      await log.write(5, 4);
      await expectTableOfLog(keeper);
      await keeper.stop();
      await log.write(5, 4);
      const head = await log.lastPosition();
      const published = async () => {
        const last = await manager.streams
          .getMessage('EVIDENT_EVENTS', { last_by_subj: 'evident.events.>' })
          .catch(() => null);
        return last?.json<{ position: string }>().position;
      };
      await expect.poll(published, { timeout: patience }).toBe(head);
      await manager.streams.purge('EVIDENT_EVENTS');
      await keeper.start();
      await log.write(5, 4);
      await expectTableOfLog(keeper);
      await connection.close();
    },
    patience,
  );

  it(
    'can be followed from a time, from a position, and without NATS',
    async () => {
      const before = await log.lastPosition();
      await pause(5);
      const time = new Date().toISOString();
      const registered = (await log.expected()).size;
      for (let n = 0; (await log.expected()).size < registered + 2 && n < 50; n += 1) await log.write(5, 1);
      // Of whoever was there before they keep no row, however much is told of them.
      const late = new Map([...(await log.expected())].slice(registered));
      expect(late.size).toBeGreaterThanOrEqual(2);
      const keepers = [
        keeperAt('time.db', { FEED_FROM: time }),
        keeperAt('position.db', { FEED_FROM: before ?? 'start' }),
        keeperAt('position-on-jetstream.db', { FEED_FROM: before ?? 'start', EVIDENT_TOKEN: '' }),
        keeperAt('polling.db', { NATS_URL: '' }),
      ];
      for (const each of keepers.slice(0, 3)) {
        await each.start();
        await expect.poll(() => tableOf(each), { timeout: patience / 4 }).toEqual(late);
        expect(await each.stop()).toBe(0);
      }
      const [, , , polling] = keepers;
      await polling?.start();
      if (polling !== undefined) await expectTableOfLog(polling);
      await polling?.stop();
    },
    patience,
  );
});
