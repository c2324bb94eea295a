import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { type Reached, runProjections } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { MachinesOnLog, openTemporaryLog, PeopleOnLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDecodeBatch } from '../projections/decode-batch.ts';
import { projectionGroups } from '../projections/groups.ts';
import { ErasedPeople } from './purge-erased.ts';

let temporary: TemporaryLog;
let people: PeopleOnLog;
let ends: (() => Promise<unknown>)[];
beforeEach(async () => {
  temporary = await openTemporaryLog();
  people = new PeopleOnLog(temporary.log);
  ends = [];
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  await temporary.remove();
});

/** The rows of `security` as they follow the log, and a feed that says what it was told to take out. */
async function begin({ refusals = 0, held }: { refusals?: number; held?: Promise<void> } = {}) {
  const { log, config } = temporary;
  const store = await openEmbeddedReadModel({ path: join(config.dataDir, 'read-models.db') });
  const projections = projectionGroups.security;
  await store.prepare(projections.map(({ view }) => view));
  const runner = runProjections({
    ...{ group: 'security', projections, events: log.store, store },
    decode: createDecodeBatch(log),
  });
  const purged: string[] = [];
  let left = refusals;
  const erased = new ErasedPeople({
    ...{ log, store, logger: silentLogger },
    feed: {
      async purge(subjects) {
        purged.push(`purge ${subjects}`);
      },
      async erase(subjects, keep) {
        if (subjects.includes('.apikey.') && left-- > 0) throw new Error('the broker is away');
        purged.push(`erase ${subjects} ${keep}`);
      },
    },
    rows: {
      async reached(position, ms): Promise<Reached> {
        await held;
        return runner.reached(position, ms);
      },
    },
  });
  ends.push(
    () => store.close(),
    () => runner.stop(),
    () => erased.stop(),
  );
  return { erased, purged };
}

async function erasePerson(userId: string): Promise<Position> {
  const position = await people.append(streams.user('main', userId), [
    { type: 'user.erased', data: { identifiers: 'kept' } },
  ]);
  const requested = { type: 'erasure.requested', data: { userId, identifiers: 'kept' } };
  await people.append(streams.erasures('main'), [requested, { type: 'erasure.completed', data: { userId } }]);
  return position;
}

async function personWithKeys() {
  const { uid } = await people.addUser();
  const machines = new MachinesOnLog(temporary.log);
  const holder = { kind: 'user', id: uid } as const;
  const keys = [await machines.addKey(holder), await machines.addKey(holder)];
  await machines.addKey({ kind: 'user', id: randomUUID() });
  await machines.onKey(keys[0]?.uid ?? '', 'apikey.revoked', { revokedAt: 1 });
  await erasePerson(uid);
  const about = (aggregate: string, id: string) => `evident.events.main.${aggregate}.${id}.*`;
  const own = [`erase ${about('user', uid)} 1`, `purge ${about('signin', uid)}`];
  return { uid, own, belongings: keys.map(({ uid: key }) => `erase ${about('apikey', key)} 0`).toSorted() };
}

const whole = async () => {
  const events = await temporary.log.store.readAll(undefined, 1_000);
  return 'outcome' in events ? [] : events;
};

describe('the messages about an erased person', () => {
  it('are purged with those of the keys that they had, also of revoked ones', async () => {
    const { own, belongings } = await personWithKeys();
    const { erased, purged } = await begin();
    await erased.purgeIn(await whole());
    await expect.poll(() => purged.slice(2).toSorted()).toEqual(belongings);
    expect(purged.slice(0, 2)).toEqual(own);
  });

  it('are purged at once where rows are behind; those of the keys when they are not, and the feed does not wait', async () => {
    const held = Promise.withResolvers<void>();
    const { own, belongings } = await personWithKeys();
    const { erased, purged } = await begin({ held: held.promise });
    await erased.purgeIn(await whole());
    expect(purged).toEqual(own);
    held.resolve();
    await expect.poll(() => purged.slice(2).toSorted()).toEqual(belongings);
  });

  it('are purged once more after a start, and again where the broker was away', async () => {
    const { own, belongings } = await personWithKeys();
    const { erased, purged } = await begin({ refusals: 1 });
    await erased.purgeLately();
    expect(purged).toEqual(own);
    await expect.poll(() => purged.slice(2).toSorted(), { timeout: 20_000 }).toEqual(belongings);
  });
});
