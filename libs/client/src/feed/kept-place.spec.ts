import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { CloudEvent } from '../cloud-event.ts';
import { fileCheckpoint, type Place } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { freshLog } from './fake-log.fixture.ts';
import { Following, type SubscribeOptions } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

const fresh = freshLog();

describe('a subscription', () => {
  it('goes on after its place when it begins again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evident-'));
    const checkpoint = fileCheckpoint(join(folder, 'deep', 'place.json'));
    for (let n = 0; n < 4; n += 1) fresh.log.add('user.registered');
    const first = fresh.follow({ from: 'start', checkpoint });
    await fresh.untilHandled(4);
    await first.stop();
    fresh.log.add('user.registered');
    fresh.follow({ from: 'start', checkpoint });
    await fresh.untilHandled(5);
    expect(fresh.handled).toEqual(fresh.positions());
    rmSync(folder, { recursive: true });
  });

  it('keeps its place once at a time, also where that takes long, and the last one before it is stopped', async () => {
    for (let n = 0; n < 4; n += 1) fresh.log.add('user.registered');
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
    const subscription = fresh.follow({ from: 'start', checkpoint: { load: async () => undefined, save } });
    await fresh.untilHandled(4);
    await subscription.stop();
    expect([most, kept.at(-1), underWay]).toEqual([1, 'a~0004', 0]);
  });

  it('keeps its place once, however often it finds that there is nothing new', async () => {
    fresh.log.add('user.registered');
    const kept: Place[] = [];
    const save = async (place: Place) => void kept.push(place);
    const subscription = fresh.follow({ from: 'start', checkpoint: { load: async () => undefined, save } });
    await expect.poll(() => fresh.log.asked.length, { timeout: 10_000 }).toBeGreaterThan(3);
    await subscription.stop();
    expect(kept).toEqual([{ position: 'a~0001' }]);
  });

  it('tells of a place that cannot be kept, and goes on once it can', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
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
    const subscription = fresh.follow({ from: 'start', checkpoint, onError });
    await fresh.untilHandled(3);
    await subscription.stop();
    const error = { code: 'checkpoint-failed', cause: fault, place: { position: 'a~0001' } };
    expect(told).toMatchObject([
      { error, event: undefined, attempt: 1 },
      { error, event: undefined, attempt: 2 },
    ]);
    expect([fresh.handled, kept.at(-1)]).toEqual([fresh.positions(), 'a~0003']);
  });

  it('handles nothing further while its place cannot be kept, and ends when it is stopped', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
    let attempts = 0;
    const save = () => Promise.reject(new Error('the disk is full'));
    const onError: SubscribeOptions['onError'] = (_error, { attempt }) => {
      attempts = attempt;
    };
    const checkpoint = { load: async () => undefined, save };
    const subscription = fresh.follow({ from: 'start', checkpoint, onError, longestPauseMs: 1 });
    await expect.poll(() => attempts).toBeGreaterThan(20);
    await subscription.stop();
    await expect(subscription.closed).rejects.toMatchObject({ code: 'checkpoint-failed' });
    expect(fresh.handled).toEqual(['a~0001']);
  });

  it('tells of a place that cannot be read yet, handles nothing meanwhile, and goes on after it once it can', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
    const fault = new Error('the database is away');
    let failures = 2;
    const load = async () => {
      if (failures-- > 0) throw fault;
      return { position: 'a~0002' };
    };
    const told: unknown[] = [];
    const onError: SubscribeOptions['onError'] = (error, context) => {
      told.push({ error, ...context, handled: [...fresh.handled] });
    };
    fresh.follow({ from: 'start', checkpoint: { load, save: async () => undefined }, onError });
    await fresh.untilHandled(1);
    expect(fresh.handled).toEqual(['a~0003']);
    const message = expect.stringMatching(/could not be read: the database is away/);
    const error = expect.objectContaining({ code: 'checkpoint-failed', cause: fault, place: undefined, message });
    expect(told).toEqual([1, 2].map((attempt) => ({ error, event: undefined, attempt, handled: [] })));
  });

  it('can be stopped while its place cannot be read', async () => {
    const isTold = Promise.withResolvers<void>();
    const load = () => Promise.reject(new Error('the database is away'));
    const checkpoint = { load, save: async () => undefined };
    const subscription = fresh.follow({ checkpoint, onError: () => isTold.resolve() });
    await isTold.promise;
    await subscription.stop();
    await expect(subscription.closed).resolves.toBeUndefined();
  });

  it.each(['', '{"position": "a~00', '[]', '7', '{"position": 7}', '{"stream": {"created": "x"}}'])(
    'says of a file that holds no place what to do about it: %j',
    async (text) => {
      const path = join(mkdtempSync(join(tmpdir(), 'evident-')), 'place.json');
      writeFileSync(path, text);
      await expect(fileCheckpoint(path).load()).rejects.toThrow(`${path} holds no place; put back`);
      rmSync(dirname(path), { recursive: true });
    },
  );

  it('has the process warn of a place that cannot be kept where nobody else is told', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    fresh.log.add('user.registered');
    const checkpoint = { load: async () => undefined, save: () => Promise.reject(new Error('the disk is full')) };
    const subscription = fresh.follow({ from: 'start', checkpoint });
    await expect.poll(() => warn.mock.calls).toContainEqual([expect.objectContaining({ code: 'checkpoint-failed' })]);
    await subscription.stop();
    warn.mockRestore();
  });

  it('tells why it ended, and lets go of NATS, also where its place cannot be kept', async () => {
    for (let n = 0; n < 3; n += 1) fresh.log.add('user.registered');
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
      log: new EventLog({ url: fresh.log.url, token: 'key', types: types.patterns }),
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
});
