import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { isMissing, startFerretdb } from '@evident/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PersonKeys } from '../../src/person-keys.port.ts';
import { openMongodbPersonKeys } from './index.ts';
import { dropDatabase, freshDatabase, sharedServer } from './person-keys-server.fixture.ts';

const { server, missing } = await sharedServer();
const wrappingKey = createSecretKey(randomBytes(32));

async function open(url: string, options: { readonly leaseMs?: number; readonly timeoutMs?: number } = {}) {
  const keys = await openMongodbPersonKeys({ url, wrappingKey, ...options });
  onTestFinished(() => keys.close());
  return keys;
}

describe.skipIf(missing !== undefined)(`leases of person keys on ${server.name}`, () => {
  const fresh = () => {
    const url = freshDatabase(server);
    onTestFinished(() => dropDatabase(url));
    return url;
  };

  it('an erasure is acknowledged only when nobody gives the key out any more, however often others look', async () => {
    const url = fresh();
    const [eraser, other] = [await open(url, { leaseMs: 120 }), await open(url)];
    const person = randomUUID();
    await other.obtain([person]);
    let acknowledged = false;
    const erasing = eraser.erase(person).finally(() => {
      acknowledged = true;
    });
    let given = 0;
    while (!acknowledged) {
      if (typeof other.peek(person) === 'object') given += 1;
      await other.find([person]);
      await new Promise(setImmediate);
    }
    await erasing;
    expect(given).toBeGreaterThan(0);
    expect(other.peek(person)).not.toBeTypeOf('object');
  });

  it('of two erasures of one person neither is acknowledged before nobody gives the key out, and one erased', async () => {
    const url = fresh();
    const [one, two, other] = [await open(url, { leaseMs: 150 }), await open(url), await open(url)];
    const person = randomUUID();
    await other.obtain([person]);
    const first = one.erase(person);
    const second = await two.erase(person);
    expect(other.peek(person)).not.toBeTypeOf('object');
    expect([await first, second].filter((erased) => erased)).toHaveLength(1);
  });

  it('a lease ends by itself, and the next question renews it', async () => {
    const keys = await open(fresh(), { leaseMs: 30 });
    const person = randomUUID();
    await keys.obtain([person]);
    await expect.poll(() => keys.peek(person)).toBeUndefined();
    // A lease this short may be over again by the time that it is looked at.
    const renewed = async () => ((await keys.find([person])).size === 1 ? keys.peek(person) : undefined);
    await expect.poll(renewed).toBeTypeOf('object');
  });

  it('whoever made the database says how long leases are', async () => {
    const url = fresh();
    await open(url, { leaseMs: 20 });
    const later = await open(url, { leaseMs: 60_000 });
    const person = randomUUID();
    await later.obtain([person]);
    await expect.poll(() => later.peek(person)).toBeUndefined();
  });

  it('another wrapping key than the one of the database is refused', async () => {
    const url = fresh();
    await open(url);
    const other = openMongodbPersonKeys({ url, wrappingKey: createSecretKey(randomBytes(32)) });
    await expect(other).rejects.toMatchObject({ code: 'wrong-key' });
  });
});

const killable = await startFerretdb();
afterAll(() => (isMissing(killable) ? undefined : killable.stop()));

describe.skipIf(isMissing(killable))('person keys with FerretDB gone or silent', () => {
  it('are unavailable within the bound, and there once it is back; a leased key needs no server', async () => {
    if (isMissing(killable) || killable.faults === undefined) return;
    const { faults } = killable;
    const keys: PersonKeys = await open(freshDatabase(killable), { leaseMs: 60_000, timeoutMs: 400 });
    const [known, unknown] = [randomUUID(), randomUUID()];
    await keys.obtain([known]);
    await faults.freeze();
    await expect(keys.find([unknown])).rejects.toMatchObject({ code: 'unavailable' });
    expect((await keys.find([known])).size).toBe(1);
    faults.thaw();
    await faults.kill();
    await expect(keys.obtain([unknown])).rejects.toMatchObject({ code: 'unavailable' });
    await faults.restart();
    expect((await keys.obtain([known, unknown])).size).toBe(2);
  });
});
