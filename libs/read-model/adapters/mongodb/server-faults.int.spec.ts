import { isMissing, type MongodbServer, startFerretdb } from '@evident/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { group, people, upTo, write, writesTo } from '../../contract/people.ts';
import { caughtUp, RunningPeople } from '../../contract/running-people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openMongodbReadModel } from './index.ts';
import { freshDatabase } from './mongodb-server.fixture.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 3);
const started = await startFerretdb();
const server: Pick<MongodbServer, 'url' | 'name'> & Partial<MongodbServer> = isMissing(started)
  ? { url: '', name: `no server: ${started.missing}` }
  : started;
afterAll(() => server.stop?.());

describe.skipIf(isMissing(started))(`with ${server.name} gone or silent`, () => {
  const faults = server.faults;
  if (faults === undefined) return;
  let store: ReadModelStore;
  beforeEach(async () => {
    store = await openMongodbReadModel({ url: freshDatabase(server), timeoutMs: 500 });
    await store.prepare([people]);
  });
  afterEach(async () => {
    faults.thaw();
    await faults.restart();
    await store.close();
  });

  const ada = { tenant: 'main', name: 'ada' };
  const calls: readonly [string, () => Promise<unknown>][] = [
    ['a row', () => store.get(people, 'ada')],
    ['a list', () => store.find(people, { index: [], limit: 1 })],
    ['a checkpoint', () => store.readCheckpoint(group)],
    ['a takeover', () => store.takeOver(group)],
    [
      'a batch',
      () => store.applyBatch(group, { epoch: 1, progress: upTo(1), writes: writesTo(people, write('ada', ada, 1)) }),
    ],
  ];

  it.each(calls)(
    '%s is unavailable within the bound while it is killed, and there once it is back',
    async (_, call) => {
      await faults.kill();
      await expect(call()).rejects.toMatchObject({ code: 'unavailable' });
      await faults.restart();
      await expect(call()).resolves.not.toThrow();
    },
  );

  it.each(calls)(
    '%s is unavailable within the bound while it is frozen, and there once it goes on',
    async (_, call) => {
      await faults.freeze();
      const began = performance.now();
      await expect(call()).rejects.toMatchObject({ code: 'unavailable' });
      expect(performance.now() - began).toBeLessThan(5_000);
      faults.thaw();
      await expect(call()).resolves.not.toThrow();
    },
  );

  it('opening is unavailable, and names the database without its password', async () => {
    await faults.kill();
    const url = freshDatabase(server).replace('//', '//evident:secret@');
    const fault = await openMongodbReadModel({ url, timeoutMs: 300 }).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'ReadModelFault', code: 'unavailable' });
    expect(String(fault)).not.toContain('secret');
  });

  it(
    `a projector goes on where it was after each kill and freeze, without a gap or a double (${rounds} rounds)`,
    async () => {
      await using rig = new RunningPeople();
      const runner = rig.run({ store, batchSize: 5 });
      for (let round = 0; round < rounds; round += 1) {
        const registering = Array.from({ length: 40 }, (_, each) =>
          rig.append(`p${round}-${each}`, 'person.registered', 'person.aged', 'person.aged'),
        );
        if (round % 2 === 0) await faults.kill();
        else await faults.freeze();
        await Promise.all(registering);
        if (round % 2 === 0) await faults.restart();
        else faults.thaw();
      }
      await caughtUp(runner, rig.log, 30_000);
      const beside = rig.run();
      await caughtUp(beside, rig.log);
      expect(await rig.rows(store)).toEqual(await rig.rows());
    },
    30_000 + rounds * 10_000,
  );
});
