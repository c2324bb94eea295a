import { isMissing, startFerretdb } from '@evident/testing';
import { MongoClient, MongoNetworkError } from 'mongodb';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MongodbClient } from './mongodb-client.ts';

const started = await startFerretdb();
const server = isMissing(started) ? { url: '', name: `no server: ${started.missing}` } : started;
if (!isMissing(started)) afterAll(() => started.stop());

/** The connections by which the driver watches its servers, which it shows to nobody. */
interface Watched {
  readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, { readonly monitor: Monitor }> } };
}
interface Monitor {
  readonly connection: { command(): Promise<never> };
  emit(event: 'resetServer', error: Error): void;
}

/** As the fault of the driver does: the server is taken for lost, and the next look at it never ends. */
async function loseServer(client: MongodbClient): Promise<void> {
  const { topology } = client.driver as unknown as Watched;
  const monitors = [...topology.s.servers.values()].map(({ monitor }) => monitor);
  const looks = monitors.map(({ connection }) => {
    const begun = Promise.withResolvers<void>();
    connection.command = () => {
      begun.resolve();
      return new Promise(() => undefined);
    };
    return begun.promise;
  });
  await Promise.all(looks);
  for (const monitor of monitors) monitor.emit('resetServer', new MongoNetworkError('the connection broke'));
}

describe.skipIf(isMissing(started))(`a client of ${server.name}`, () => {
  if (isMissing(started) || started.faults === undefined) return;
  const { faults, url } = started;
  const connects = vi.spyOn(MongoClient.prototype, 'connect');
  let client: MongodbClient;
  const count = () => client.ask(() => client.driver.db('people').collection('people').countDocuments());
  const isRefused = () =>
    count().then(
      () => false,
      () => true,
    );

  beforeEach(async () => {
    const bounds = { serverSelectionTimeoutMS: 200, connectTimeoutMS: 200, heartbeatFrequencyMS: 500 };
    client = new MongodbClient(url, bounds);
    expect(await count()).toBe(0);
    connects.mockClear();
  });
  afterEach(async () => {
    await faults.restart();
    await client.close();
  });

  it('begins anew where the driver watches its server no more, by the collections that there are', async () => {
    const collection = client.driver.db('people').collection('people');
    await loseServer(client);
    expect(await isRefused()).toBe(true);
    await expect.poll(isRefused, { interval: 50 }).toBe(false);
    expect(connects).toHaveBeenCalledTimes(1);
    expect(await client.ask(() => collection.countDocuments())).toBe(0);
  });

  it('leaves it to the driver to find a server that was away', async () => {
    await faults.kill();
    const gone = performance.now();
    await expect.poll(async () => (await isRefused()) && performance.now() - gone > 4_000).toBe(true);
    await faults.restart();
    await expect.poll(isRefused).toBe(false);
    expect(connects).not.toHaveBeenCalled();
  });

  it('stays closed where it was closed while it began anew', async () => {
    await loseServer(client);
    await faults.kill();
    await expect.poll(async () => (await isRefused()) && connects.mock.calls.length > 0).toBe(true);
    const asked = isRefused();
    await client.close();
    expect(await asked).toBe(true);
    await faults.restart();
    expect(await isRefused()).toBe(true);
  });
});
