import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { fileCheckpoint, memoryCheckpoint, type Place } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { subscribe } from './subscribe.ts';
import { Following, type SubscribeOptions, type Subscription } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

/** `GET /events` of a log that holds these. */
class FakeLog {
  readonly events: CloudEvent[] = [];
  readonly asked: string[] = [];
  readonly subscriptions: Subscription[] = [];
  logId = 'a';
  status = 200;
  #server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      this.asked.push(String(request.headers.authorization));
      const after = searchParams.get('after') ?? '';
      const isChanged = after.includes('~') && !after.startsWith(`${this.logId}~`);
      const status = isChanged ? 410 : this.status;
      response.writeHead(status, { 'content-type': 'application/json' });
      const later = this.events.filter((event) => (after.includes('~') ? event.position > after : event.time > after));
      const events = later.slice(0, 3);
      const next = events.at(-1)?.position ?? (after === '' ? null : after);
      const problem = { code: isChanged ? 'log.changed' : 'caller.bad-credential', detail: 'refused' };
      response.end(JSON.stringify(status === 200 ? { events, next, caughtUp: later.length <= 3 } : problem));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
  }

  get url(): string {
    const { port } = (this.#server as Server).address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  add(type: string, time = new Date().toISOString()): CloudEvent {
    const n = String(this.events.length + 1).padStart(4, '0');
    const event: CloudEvent = {
      specversion: '1.0',
      id: `00000000-0000-4000-8000-00000000${n}`,
      type,
      source: '/tenants/main',
      subject: 'user:7',
      time,
      dataschema: `urn:evident:${type}:1`,
      datacontenttype: 'application/json',
      data: {},
      position: `${this.logId}~${n}`,
      revision: 0,
      actor: 'system',
      commandid: n,
      correlationid: n,
    };
    this.events.push(event);
    return event;
  }

  follow(options: Partial<SubscribeOptions>, handled: string[]): Subscription {
    const subscription = subscribe({
      url: this.url,
      token: 'key',
      durable: 'spec',
      checkpoint: memoryCheckpoint(),
      firstPauseMs: 1,
      handle: (event) => handled.push(event.position),
      ...options,
    });
    this.subscriptions.push(subscription);
    return subscription;
  }

  async end(): Promise<void> {
    for (const subscription of this.subscriptions) await subscription.stop();
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

let log: FakeLog;
let handled: string[];
beforeEach(async () => {
  log = new FakeLog();
  handled = [];
  await log.start();
});
afterEach(() => log.end());

const untilHandled = (count: number) => expect.poll(() => handled.length).toBe(count);
const positions = () => log.events.map(({ position }) => position);

describe('a subscription', () => {
  it('handles every event in order, page by page, and each new one', async () => {
    for (let n = 0; n < 7; n += 1) log.add('user.registered');
    log.follow({ from: 'start' }, handled);
    await untilHandled(7);
    log.add('user.removed');
    await untilHandled(8);
    expect(handled).toEqual(positions());
    expect(new Set(log.asked)).toEqual(new Set(['Bearer key']));
  });

  it('goes on after its place when it begins again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evident-'));
    const checkpoint = fileCheckpoint(join(folder, 'deep', 'place.json'));
    for (let n = 0; n < 4; n += 1) log.add('user.registered');
    const first = log.follow({ from: 'start', checkpoint }, handled);
    await untilHandled(4);
    await first.stop();
    log.add('user.registered');
    log.follow({ from: 'start', checkpoint }, handled);
    await untilHandled(5);
    expect(handled).toEqual(positions());
    rmSync(folder, { recursive: true });
  });

  it('claims nothing of the stream where it was stopped before the end of the log', async () => {
    for (let n = 0; n < 7; n += 1) log.add('user.registered');
    const types = wantedTypes();
    const stream = new EventStream({ servers: 'nats://nowhere', tenant: 'main', types, name: 'spec' });
    stream.state = async () => ({
      created: 'then',
      firstSequence: 5,
      lastSequence: 7,
      firstPosition: 'a~0005',
      firstTime: undefined,
      lastPosition: 'a~0007',
    });
    const checkpoint = memoryCheckpoint();
    let stopped: Promise<void> | undefined;
    const handle = (event: CloudEvent) => {
      handled.push(event.position);
      if (event.position === 'a~0002') stopped = following.stop();
    };
    const sources = {
      log: new EventLog({ url: log.url, token: 'key', types: types.patterns }),
      stream,
      types,
      checkpoint,
    };
    const following = new Following({ durable: 'spec', from: 'start', handle }, sources);
    await following.closed;
    await stopped;
    expect(handled).toEqual(['a~0001', 'a~0002']);
    expect(await checkpoint.load()).toEqual({ position: 'a~0002' });
  });

  it('begins after a position, from a time, or with what is new', async () => {
    log.add('user.registered', '2026-01-01T00:00:00.000Z');
    log.add('user.registered', '2026-01-02T00:00:00.000Z');
    log.add('user.registered', '2026-01-03T00:00:00.000Z');
    const [byPosition, byTime, fromNow]: string[][] = [[], [], []];
    log.follow({ from: 'a~0002' }, byPosition ?? []);
    log.follow({ from: new Date('2026-01-02T00:00:00.000Z') }, byTime ?? []);
    const latest = log.follow({ from: 'new' }, fromNow ?? []);
    await expect.poll(() => [byPosition?.length, byTime?.length]).toEqual([1, 2]);
    await expect.poll(() => log.asked.length).toBeGreaterThan(3);
    log.add('user.registered');
    await expect.poll(() => fromNow).toEqual(['a~0004']);
    expect(latest.position()).toBe('a~0004');
  });

  it('takes a time as it is written: of any zone, and without a fraction', async () => {
    log.add('user.registered', '2026-01-02T06:59:59.999Z');
    log.add('user.registered', '2026-01-02T07:00:00.500Z');
    log.add('user.registered', '2026-01-02T08:00:00.000Z');
    const elsewhere: string[] = [];
    log.follow({ from: '2026-01-02T07:00:00Z' }, handled);
    log.follow({ from: '2026-01-02T12:00:00+05:00' }, elsewhere);
    await expect.poll(() => [handled, elsewhere]).toEqual([positions().slice(1), positions().slice(1)]);
  });

  it('tries a handler that fails again, and handles nothing else meanwhile', async () => {
    for (let n = 0; n < 3; n += 1) log.add('user.registered');
    let failures = 2;
    const errors: number[] = [];
    const handle = (event: CloudEvent) => {
      if (event.position === 'a~0002' && failures-- > 0) throw new Error('not now');
      handled.push(event.position);
    };
    log.follow({ from: 'start', handle, onError: (_error, { attempt }) => errors.push(attempt) }, handled);
    await untilHandled(3);
    expect([handled, errors]).toEqual([positions(), [1, 2]]);
  });

  it('ends at an event that cannot be handled, names it, and begins with it again', async () => {
    for (let n = 0; n < 3; n += 1) log.add('user.registered');
    const checkpoint = memoryCheckpoint();
    const handle = (event: CloudEvent) => {
      if (event.position === 'a~0002') throw new Error('never');
      handled.push(event.position);
    };
    const subscription = log.follow({ from: 'start', handle, maxAttempts: 3, checkpoint }, handled);
    await expect(subscription.closed).rejects.toMatchObject({ code: 'handler-failed', event: { position: 'a~0002' } });
    expect(handled).toEqual(['a~0001']);
    log.follow({ from: 'start', checkpoint }, handled);
    await untilHandled(3);
    expect(handled).toEqual(positions());
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no log');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no log'))],
  ])('counts the attempts also where whoever is told of a failure %s', async (_how, onError) => {
    log.add('user.registered');
    let attempts = 0;
    const handle = () => {
      attempts += 1;
      throw new Error('never');
    };
    const subscription = log.follow({ from: 'start', handle, onError, maxAttempts: 3 }, handled);
    await expect(subscription.closed).rejects.toMatchObject({ code: 'handler-failed' });
    expect(attempts).toBe(3);
  });

  it('keeps its place once at a time, also where that takes long, and the last one before it is stopped', async () => {
    for (let n = 0; n < 4; n += 1) log.add('user.registered');
    const kept: (string | undefined)[] = [];
    let [underWay, most] = [0, 0];
    const save = async ({ position }: Place) => {
      underWay += 1;
      most = Math.max(most, underWay);
      // Longer than the pause between two.
      await new Promise((resolve) => setTimeout(resolve, 300));
      kept.push(position);
      underWay -= 1;
    };
    const subscription = log.follow({ from: 'start', checkpoint: { load: async () => undefined, save } }, handled);
    await untilHandled(4);
    await subscription.stop();
    expect([most, kept.at(-1), underWay]).toEqual([1, 'a~0004', 0]);
  });

  it('keeps its place once, however often it finds that there is nothing new', async () => {
    log.add('user.registered');
    const kept: Place[] = [];
    const save = async (place: Place) => void kept.push(place);
    const subscription = log.follow({ from: 'start', checkpoint: { load: async () => undefined, save } }, handled);
    await expect.poll(() => log.asked.length, { timeout: 10_000 }).toBeGreaterThan(3);
    await subscription.stop();
    expect(kept).toEqual([{ position: 'a~0001' }]);
  });

  it('tells of a place that cannot be kept, and goes on once it can', async () => {
    for (let n = 0; n < 3; n += 1) log.add('user.registered');
    const fault = new Error('the disk is full');
    const kept: (string | undefined)[] = [];
    let failures = 2;
    const save = async ({ position }: Place) => {
      if (failures-- > 0) throw fault;
      kept.push(position);
    };
    const told: unknown[] = [];
    const onError: SubscribeOptions['onError'] = (error, context) => told.push({ error, ...context });
    const checkpoint = { load: async () => undefined, save };
    const subscription = log.follow({ from: 'start', checkpoint, onError }, handled);
    await untilHandled(3);
    await subscription.stop();
    const error = { code: 'checkpoint-failed', cause: fault, place: { position: 'a~0001' } };
    expect(told).toMatchObject([
      { error, event: undefined, attempt: 1 },
      { error, event: undefined, attempt: 2 },
    ]);
    expect([handled, kept.at(-1)]).toEqual([positions(), 'a~0003']);
  });

  it('handles nothing further while its place cannot be kept, and ends when it is stopped', async () => {
    for (let n = 0; n < 3; n += 1) log.add('user.registered');
    let attempts = 0;
    const save = () => Promise.reject(new Error('the disk is full'));
    const onError: SubscribeOptions['onError'] = (_error, { attempt }) => {
      attempts = attempt;
    };
    const checkpoint = { load: async () => undefined, save };
    const subscription = log.follow({ from: 'start', checkpoint, onError, longestPauseMs: 1 }, handled);
    await expect.poll(() => attempts).toBeGreaterThan(20);
    await subscription.stop();
    await expect(subscription.closed).rejects.toMatchObject({ code: 'checkpoint-failed' });
    expect(handled).toEqual(['a~0001']);
  });

  it('has the process warn of a place that cannot be kept where nobody else is told', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    log.add('user.registered');
    const checkpoint = { load: async () => undefined, save: () => Promise.reject(new Error('the disk is full')) };
    const subscription = log.follow({ from: 'start', checkpoint }, handled);
    await expect.poll(() => warn.mock.calls).toContainEqual([expect.objectContaining({ code: 'checkpoint-failed' })]);
    await subscription.stop();
    warn.mockRestore();
  });

  it('tells why it ended, and lets go of NATS, also where its place cannot be kept', async () => {
    for (let n = 0; n < 3; n += 1) log.add('user.registered');
    const types = wantedTypes();
    const stream = new EventStream({ servers: 'nats://nowhere', tenant: 'main', types, name: 'spec' });
    stream.state = async () => undefined;
    let isClosed = false;
    stream.close = async () => {
      isClosed = true;
    };
    let isFull = false;
    const save = async () => {
      if (isFull) throw new Error('the disk is full');
    };
    // No time passes, so the second place is left to the pause between two: it is still being tried when all ends.
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    const isTold = Promise.withResolvers<void>();
    const handle = async ({ position }: CloudEvent) => {
      isFull = position !== 'a~0001';
      if (position !== 'a~0003') return;
      await isTold.promise;
      throw new Error('never');
    };
    const checkpoint = { load: async () => undefined, save };
    const sources = {
      log: new EventLog({ url: log.url, token: 'key', types: types.patterns }),
      stream,
      types,
      checkpoint,
    };
    const onError = () => isTold.resolve();
    const following = new Following({ durable: 'spec', from: 'start', handle, onError, maxAttempts: 1 }, sources);
    await expect(following.closed).rejects.toMatchObject({ code: 'handler-failed' });
    expect(isClosed).toBe(true);
    now.mockRestore();
  });

  it('ends where the log was replaced, and where it is refused', async () => {
    log.add('user.registered');
    const checkpoint = memoryCheckpoint();
    const first = log.follow({ from: 'start', checkpoint }, handled);
    await untilHandled(1);
    log.logId = 'b';
    await expect(first.closed).rejects.toMatchObject({ code: 'log-changed' });
    log.status = 401;
    await expect(log.follow({ from: 'start' }, handled).closed).rejects.toMatchObject({ status: 401 });
  });

  it('waits for an Evident that is away', async () => {
    log.add('user.registered');
    log.status = 503;
    log.follow({ from: 'start' }, handled);
    await expect.poll(() => log.asked.length).toBeGreaterThan(1);
    log.status = 200;
    await untilHandled(1);
  });

  it('refuses options that make no sense', () => {
    const handle = () => undefined;
    expect(() => subscribe({ durable: 'x', handle })).toThrow('servers');
    expect(() => subscribe({ durable: 'x y', url: log.url, token: 't', handle })).toThrow('durable');
    expect(() => subscribe({ durable: 'x', url: log.url, handle })).toThrow('go together');
    for (const from of ['now', '2026-13-01T00:00:00Z', '2026-01-01', '', new Date(Number.NaN)]) {
      expect(() => log.follow({ from }, handled)).toThrow(TypeError);
    }
  });
});
