import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aStream, idsOf, someEvents } from '../../contract/sample-events.ts';
import type { EventStore, StoredEvent } from '../../src/event-store.port.ts';
import { openEventStoreDb, openEventStoreDbLogCopy } from './index.ts';
import { ScriptedServer, type ScriptedTurn } from './scripted-server.fixture.ts';

let server: ScriptedServer;
let store: EventStore;
const stores: EventStore[] = [];

async function open(url = server.url, bounds = { timeoutMs: 250, appendForMs: 1_500 }): Promise<EventStore> {
  const opened = await openEventStoreDb({ url, ...bounds });
  stores.push(opened);
  return opened;
}

beforeEach(async () => {
  server = await ScriptedServer.start();
  store = await open();
});
afterEach(async () => {
  server.thaw();
  await Promise.all(stores.splice(0).map((each) => each.close()));
  server.stop();
});

const always = (turn: ScriptedTurn) => Array.from({ length: 100 }, () => turn);
const faultOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('no fault'),
    (error: unknown) => error,
  );

describe('what the adapter makes of an answer to an append (a scripted server, no EventStoreDB)', () => {
  const passing: readonly [string, ScriptedTurn][] = [
    ['unavailable', { fail: { code: status.UNAVAILABLE } }],
    ['broken off', { fail: { code: status.CANCELLED } }],
    ['overloaded, as a time out', { fail: { code: status.ABORTED } }],
    ['overloaded, as a lack of room', { fail: { code: status.RESOURCE_EXHAUSTED } }],
    ['past its deadline', { fail: { code: status.DEADLINE_EXCEEDED } }],
    ['an internal error', { fail: { code: status.INTERNAL } }],
    ['silence', { silent: true }],
  ];

  it.each(passing)('%s, nothing written: it tries again, and the event is there once', async (_, turn) => {
    const stream = aStream();
    server.appends.push(turn);
    expect(await store.append(stream, [anEvent()], 'no-stream')).toMatchObject({
      outcome: 'appended',
      repeated: false,
    });
    expect(server.log.stream(stream)).toHaveLength(1);
  });

  it.each(passing)('%s, but written: it finds the event instead of writing it again', async (_, turn) => {
    const stream = aStream();
    server.appends.push({ ...turn, written: true });
    const events = someEvents(3);
    const outcome = await store.append(stream, events, 'no-stream');
    expect(outcome).toMatchObject({ outcome: 'appended', revision: 2, repeated: false });
    expect(server.log.stream(stream).map(({ id }) => id)).toEqual(idsOf(events));
  });

  it.each(passing)(
    '%s, written, while others append: it is neither doubled nor taken for a conflict',
    async (_, turn) => {
      const stream = aStream();
      const other = await open();
      await store.append(stream, someEvents(2), 'no-stream');
      server.appends.push({ ...turn, written: true });
      const event = anEvent();
      const appending = store.append(stream, [event], { revision: 1 });
      await expect.poll(() => server.log.endOf(stream)).toBe(2);
      await other.append(stream, [anEvent()], 'any');
      expect(await appending).toMatchObject({ outcome: 'appended', revision: 2, repeated: false });
      expect(server.log.stream(stream).filter(({ id }) => id === event.id)).toHaveLength(1);
    },
  );

  it.each(passing)(
    '%s for ever: unavailable and ambiguous within the bound, and the same append later is made once',
    async (_, turn) => {
      const stream = aStream();
      server.appends.push(...always({ ...turn, written: false }));
      const event = anEvent();
      const began = performance.now();
      expect(await faultOf(store.append(stream, [event], 'no-stream'))).toMatchObject({
        code: 'unavailable',
        ambiguous: true,
      });
      expect(performance.now() - began).toBeLessThan(4_000);
      server.appends.length = 0;
      expect(await store.append(stream, [event], 'no-stream')).toMatchObject({ outcome: 'appended' });
      expect(server.log.stream(stream)).toHaveLength(1);
    },
  );

  it('success for what another process has written before: it is a repeat where that is not what was sent now', async () => {
    const stream = aStream();
    const event = anEvent();
    await store.append(stream, [event], 'no-stream');
    server.log.knowsRepeats = true;
    const decidedAnew = { ...event, metadata: { ...event.metadata, occurredAt: event.metadata.occurredAt + 1 } };
    const later = (await open()).append(stream, [decidedAnew], 'no-stream');
    expect(await later).toMatchObject({ outcome: 'appended', revision: 0, repeated: true });
    expect(await store.append(aStream(), [anEvent()], 'no-stream')).toMatchObject({
      outcome: 'appended',
      repeated: false,
    });
  });

  it('appends that wait for each other are given up in their own time, one bound after the call', async () => {
    const stream = aStream();
    server.appends.push(...always({ silent: true }));
    const began = performance.now();
    const faults = await Promise.all([1, 2, 3, 4].map(() => faultOf(store.append(stream, [anEvent()], 'any'))));
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(faults).toMatchObject([
      { code: 'unavailable', ambiguous: true },
      ...[2, 3, 4].map(() => ({ code: 'unavailable', ambiguous: false })),
    ]);
  });

  it('silence, then a refusal: the fault says that the first attempt may be written', async () => {
    const stream = aStream();
    server.appends.push({ silent: true }, { fail: { code: status.PERMISSION_DENIED }, written: true });
    expect(await faultOf(store.append(stream, [anEvent()], 'no-stream'))).toMatchObject({
      code: 'misuse',
      ambiguous: true,
    });
    expect(server.log.stream(stream)).toHaveLength(1);
  });

  it('a deleted stream is damage, which nobody but an operator mends', async () => {
    const fail = { code: status.FAILED_PRECONDITION, exception: 'stream-deleted', metadata: { 'stream-name': 'x' } };
    server.appends.push({ fail });
    expect(await faultOf(store.append(aStream(), [anEvent()], 'no-stream'))).toMatchObject({ code: 'damaged' });
  });

  it.each([
    ['access-denied', status.PERMISSION_DENIED],
    [undefined, status.UNAUTHENTICATED],
    [undefined, status.INVALID_ARGUMENT],
  ])('%s (status %i) is misuse and not tried again', async (exception, code) => {
    server.appends.push({ fail: exception === undefined ? { code } : { code, exception } });
    expect(await faultOf(store.append(aStream(), [anEvent()], 'no-stream'))).toMatchObject({
      code: 'misuse',
      ambiguous: false,
    });
    expect(server.appends).toHaveLength(0);
  });

  it('more than the server takes at once is too large', async () => {
    const fail = {
      code: status.INVALID_ARGUMENT,
      exception: 'maximum-append-size-exceeded',
      metadata: { 'maximum-append-size': '1048576' },
    };
    server.appends.push({ fail });
    expect(await faultOf(store.append(aStream(), [anEvent()], 'no-stream'))).toMatchObject({ code: 'too-large' });
  });

  it('not the leader: it goes where the leader is', async () => {
    const leader = await ScriptedServer.start();
    const { port, hostname } = new URL(leader.url.replace('esdb', 'http'));
    const metadata = { 'leader-endpoint-host': hostname, 'leader-endpoint-port': port };
    server.appends.push({ fail: { code: status.NOT_FOUND, exception: 'not-leader', metadata } });
    const stream = aStream();
    expect(await store.append(stream, [anEvent()], 'no-stream')).toMatchObject({ outcome: 'appended' });
    expect([server.log.stream(stream).length, leader.log.stream(stream).length]).toEqual([0, 1]);
    leader.stop();
  });
});

describe('a server that is away or silent (a scripted server, no EventStoreDB)', () => {
  const calls: readonly [string, () => Promise<unknown>][] = [
    ['a stream', () => store.readStream('user-main.1')],
    ['the end of a stream', () => store.readStreamEnd('user-main.1', 3)],
    ['the log', () => store.readAll(undefined, 10)],
    ['the log backwards', () => store.readAllBackwards(undefined, 10)],
    ['the last position', () => store.lastPosition()],
    ['an append', () => store.append(aStream(), [anEvent()], 'any')],
    ['letting go of the beginning of a stream', () => store.truncateStream('user-main.1', 1)],
  ];

  it.each(calls)(
    '%s is unavailable within the bound while it is frozen, and there once it goes on',
    async (_, call) => {
      server.freeze();
      const began = performance.now();
      expect(await faultOf(call())).toMatchObject({ code: 'unavailable' });
      expect(performance.now() - began).toBeLessThan(4_000);
      server.thaw();
      await call();
    },
  );

  it.each(calls)('%s is unavailable while it is gone, and there once it is back, without a hand', async (_, call) => {
    await store.append(aStream(), [anEvent()], 'any');
    server.stop();
    expect(await faultOf(call())).toMatchObject({ code: 'unavailable' });
    await server.restart();
    await expect.poll(() => call().then(() => 'answers', String)).toBe('answers');
  });

  it('opening is unavailable, also where the client throws a bare error, and gives no password away', async () => {
    server.stop();
    const url = server.url.replace('esdb://', 'esdb://admin:hunter2@');
    const fault = await faultOf(openEventStoreDb({ url, timeoutMs: 300 }));
    expect(fault).toMatchObject({ name: 'EventStoreFault', code: 'unavailable' });
    expect(String(fault)).not.toContain('hunter2');
    await server.restart();
  });

  it('a URL that is none is misuse, and gives no password away', async () => {
    const fault = await faultOf(openEventStoreDb({ url: 'esdb://admin:hunter2@host:port' }));
    expect(fault).toMatchObject({ code: 'misuse' });
    expect(String(fault)).not.toContain('hunter2');
  });

  it('closing ends in time, whatever was left in its middle, and ends no append of another store', async () => {
    const other = await open();
    server.reads.push({ silent: true });
    const reading = faultOf(store.readStream('user-main.1'));
    const appending = Array.from({ length: 50 }, () => other.append(aStream(), [anEvent()], 'no-stream'));
    await Promise.all([store.close(), reading]);
    for (const outcome of await Promise.all(appending)) expect(outcome.outcome).toBe('appended');
  });
});

describe('an event that Evident did not write', () => {
  it('is damage, and never taken for one of its own or passed over', async () => {
    const foreign = { id: crypto.randomUUID(), type: 'order-placed', contentType: 'application/json' };
    const beside = Buffer.from('{}');
    server.log.append('orders-1', [{ ...foreign, data: beside, metadata: beside }], 'any');
    expect(await faultOf(store.readAll(undefined, 10))).toMatchObject({ code: 'damaged' });
  });

  it('cannot be written under a name of the server', async () => {
    expect(await faultOf(store.append('$ce-user', [anEvent()], 'any'))).toMatchObject({ code: 'misuse' });
    expect(await faultOf(store.append(aStream(), [{ ...anEvent(), type: '$>' }], 'any'))).toMatchObject({
      code: 'misuse',
    });
  });
});

describe('a stream longer than what is remembered of it', () => {
  it('is appended to after reading its end only, and a repeat among the last thousand is found', async () => {
    const stream = aStream();
    const appended: StoredEvent['id'][] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const events = someEvents(300);
      await store.append(stream, events, 'any');
      appended.push(...idsOf(events));
    }
    const other = await open();
    const repeated = { ...anEvent(), id: appended.at(-1) ?? '' };
    expect(await other.append(stream, [repeated], 'any')).toMatchObject({ revision: 2399, repeated: true });
    expect(await other.append(stream, [anEvent()], { revision: 2399 })).toMatchObject({ revision: 2400 });
  });
});

describe('the beginning of a stream that is let go (a scripted server, no EventStoreDB)', () => {
  const metadataOf = (stream: string) =>
    server.log.stream(`$$${stream}`).map(({ data }) => JSON.parse(Buffer.from(data).toString('utf8')));

  it('is `$tb` of its metadata, never an age or a count, and what else is there stays', async () => {
    const stream = aStream();
    await store.append(stream, someEvents(5), 'no-stream');
    await store.truncateStream(stream, 2);
    await store.truncateStream(stream, 2);
    await store.truncateStream(stream, 9);
    expect(metadataOf(stream)).toEqual([{ $tb: 2 }, { $tb: 4 }]);
    expect((await store.readStream(stream)).map(({ revision }) => revision)).toEqual([4]);
  });

  it('is not taken back by somebody who asked for less at the same moment', async () => {
    const stream = aStream();
    const other = await open();
    await store.append(stream, someEvents(9), 'no-stream');
    await Promise.all([2, 7, 3, 5].map((before, at) => (at % 2 === 0 ? store : other).truncateStream(stream, before)));
    expect(metadataOf(stream).at(-1)).toEqual({ $tb: 7 });
  });

  it('keeps a log from being copied into one, before anything of the stream is written', async () => {
    const copied = await ScriptedServer.start();
    const copy = await openEventStoreDbLogCopy({ url: copied.url, source: { logId: 'source' } });
    const stream = aStream();
    await store.append(stream, someEvents(4), 'no-stream');
    await store.truncateStream(stream, 3);
    expect(await faultOf(copy.take(await store.readStream(stream)))).toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('can only be copied to a file'),
    });
    expect(copied.log.stream(stream)).toEqual([]);
    await copy.close();
    copied.stop();
  });
});
