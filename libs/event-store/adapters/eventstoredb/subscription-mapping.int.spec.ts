import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Following } from '../../contract/following.ts';
import { anEvent, aStream, idsOf, readOn, someEvents } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { openEventStoreDb } from './index.ts';
import { ScriptedServer } from './scripted-server.fixture.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 5);
let server: ScriptedServer;
let store: EventStore;

beforeEach(async () => {
  server = await ScriptedServer.start();
  store = await openEventStoreDb({ url: server.url, timeoutMs: 500, appendForMs: 8_000 });
});
afterEach(async () => {
  server.thaw();
  await store.close();
  server.stop();
});

/** What a follower saw beside what the log holds. */
async function judge(following: Following, count: number): Promise<void> {
  await following.until(count);
  expect(idsOf(await following.stop())).toEqual(idsOf(await readOn(store, undefined)));
}

describe('a subscription that ends (a scripted server, no EventStoreDB)', () => {
  it('goes on from the last event, without a gap or a double, however often it is dropped', async () => {
    const following = new Following(store, undefined);
    let written = 0;
    for (let round = 0; round < rounds; round += 1) {
      await expect.poll(() => server.live).toBe(1);
      const appending = Array.from({ length: 20 }, () => store.append(aStream(), someEvents(2), 'no-stream'));
      if (round % 2 === 0) server.dropSubscriptions();
      else server.dropSubscriptions({ code: status.CANCELLED });
      await Promise.all(appending);
      written += 40;
      await following.until(written);
    }
    expect(server.subscriptions).toBeGreaterThanOrEqual(rounds);
    await judge(following, written);
  });

  it.each([0, 1, 2, 7])('dropped after its event %i it misses none and doubles none', async (dropAfter) => {
    server.dropAfter = dropAfter;
    const following = new Following(store, undefined);
    await expect.poll(() => server.subscriptions).toBeGreaterThan(0);
    for (let count = 0; count < 12; count += 1) await store.append(aStream(), [anEvent()], 'no-stream');
    await judge(following, 12);
  });

  it('waits for a consumer that is slow, in bounded memory, and reads on where it was', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const consuming = (async () => {
      for await (const batch of store.follow(undefined, { signal: stop.signal, batchSize: 50 })) {
        seen.push(...idsOf(batch));
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (seen.length >= 3_000) stop.abort();
      }
    })();
    for (let turn = 0; turn < 10; turn += 1) {
      await store.append(aStream(), someEvents(300), 'no-stream');
      if (turn % 3 === 0) server.dropSubscriptions();
    }
    await consuming;
    expect(seen).toEqual(idsOf(await readOn(store, undefined)));
  });

  it('is unavailable while the server is gone, and whoever follows again from there loses nothing', async () => {
    await store.append(aStream(), someEvents(3), 'no-stream');
    const first = new Following(store, undefined);
    await first.until(3);
    server.stop();
    await expect(first.ended).rejects.toMatchObject({ code: 'unavailable' });
    await server.restart();
    await store.append(aStream(), someEvents(3), 'no-stream');
    const second = new Following(store, first.events.at(-1)?.position);
    await second.until(3);
    const seen = [...first.events, ...(await second.stop())];
    expect(idsOf(seen)).toEqual(idsOf(await readOn(store, undefined)));
  });

  it('is a changed log where another database stands in the place of the first', async () => {
    await store.append(aStream(), someEvents(3), 'no-stream');
    const following = new Following(store, undefined);
    await following.until(3);
    server.log.wipe();
    await (await openEventStoreDb({ url: server.url })).close();
    server.dropSubscriptions();
    await expect(following.ended).rejects.toMatchObject({ code: 'log-changed' });
  });

  it('is a fault where the server drops it at once, time and again', async () => {
    const following = new Following(store, undefined);
    const dropping = setInterval(() => {
      server.dropAfter = 0;
      server.dropSubscriptions();
    }, 1);
    await store.append(aStream(), [anEvent()], 'no-stream').catch(() => undefined);
    await following.until(1);
    await expect(following.ended).rejects.toMatchObject({ code: 'unavailable' });
    clearInterval(dropping);
  });
});
