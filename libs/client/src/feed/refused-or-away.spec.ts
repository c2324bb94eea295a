import { describe, expect, it, vi } from 'vitest';
import { memoryCheckpoint } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { freshLog } from './fake-log.fixture.ts';
import { Following, type SubscribeOptions } from './subscription.ts';
import { wantedTypes } from './wanted-types.ts';

const fresh = freshLog();

describe('a subscription', () => {
  it('has the process warn of a refusal where nobody else is told', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    fresh.log.status = 401;
    const subscription = fresh.follow({ from: 'start' });
    await expect(subscription.closed).rejects.toMatchObject({ status: 401 });
    expect(warn.mock.calls).toEqual([[expect.objectContaining({ status: 401 })]]);
    warn.mockRestore();
  });

  it.each([
    ['away, and tries again', 503, 2],
    ['of another mind about its token, and ends', 401, 1],
  ])('tells that Evident is %s', async (_how, status, times) => {
    fresh.log.status = status;
    const told: unknown[] = [];
    const onError: SubscribeOptions['onError'] = (error, context) => told.push({ error, ...context });
    const subscription = fresh.follow({ from: 'start', onError });
    await expect.poll(() => told.length).toBeGreaterThanOrEqual(times);
    const expected = [1, 2].slice(0, times).map((attempt) => ({ error: { status }, event: undefined, attempt }));
    expect(told.slice(0, 2)).toMatchObject(expected);
    await subscription.stop();
  });

  it('tells once that NATS refuses it while it lives on the log, and again after NATS was there', async () => {
    const types = wantedTypes();
    const stream = new EventStream({ servers: 'nats://nowhere', tenant: 'main', types, name: 'spec' });
    const refusal = new Error('Authorization Violation');
    let looks = 0;
    stream.state = async () => {
      looks += 1;
      if (looks === 3) return undefined;
      throw refusal;
    };
    fresh.log.add('user.registered');
    const sources = {
      log: new EventLog({ url: fresh.log.url, token: 'key', types: types.patterns }),
      stream,
      types,
      checkpoint: memoryCheckpoint(),
    };
    const told: unknown[] = [];
    const onError: SubscribeOptions['onError'] = (error, { attempt }) => told.push([error, attempt]);
    const handle = () => undefined;
    const following = new Following({ durable: 'spec', from: 'start', handle, onError }, sources);
    await vi.waitFor(() => expect(looks).toBeGreaterThan(4), { timeout: 20_000 });
    await following.stop();
    expect(told).toEqual([
      [refusal, 1],
      [refusal, 1],
    ]);
  });
});
