import { describe, expect, it } from 'vitest';
import { freshLog } from './fake-log.fixture.ts';
import { subscribe } from './subscribe.ts';

const fresh = freshLog();

describe('a subscription', () => {
  it('begins after a position, from a time, or with what is new', async () => {
    fresh.log.add('user.registered', '2026-01-01T00:00:00.000Z');
    fresh.log.add('user.registered', '2026-01-02T00:00:00.000Z');
    fresh.log.add('user.registered', '2026-01-03T00:00:00.000Z');
    const [byPosition, byTime, fromNow]: string[][] = [[], [], []];
    fresh.log.follow({ from: 'a~0002' }, byPosition ?? []);
    fresh.log.follow({ from: new Date('2026-01-02T00:00:00.000Z') }, byTime ?? []);
    const latest = fresh.log.follow({ from: 'new' }, fromNow ?? []);
    await expect.poll(() => [byPosition?.length, byTime?.length]).toEqual([1, 2]);
    await expect.poll(() => fresh.log.asked.length).toBeGreaterThan(3);
    fresh.log.add('user.registered');
    await expect.poll(() => fromNow).toEqual(['a~0004']);
    expect(latest.position()).toBe('a~0004');
  });

  it('takes a time as it is written: of any zone, and without a fraction', async () => {
    fresh.log.add('user.registered', '2026-01-02T06:59:59.999Z');
    fresh.log.add('user.registered', '2026-01-02T07:00:00.500Z');
    fresh.log.add('user.registered', '2026-01-02T08:00:00.000Z');
    const elsewhere: string[] = [];
    fresh.follow({ from: '2026-01-02T07:00:00Z' });
    fresh.log.follow({ from: '2026-01-02T12:00:00+05:00' }, elsewhere);
    await expect
      .poll(() => [fresh.handled, elsewhere])
      .toEqual([fresh.positions().slice(1), fresh.positions().slice(1)]);
  });

  it('refuses options that make no sense', () => {
    const handle = () => undefined;
    expect(() => subscribe({ durable: 'x', handle })).toThrow('servers');
    expect(() => subscribe({ durable: 'x y', url: fresh.log.url, token: 't', handle })).toThrow('durable');
    expect(() => subscribe({ durable: 'x', url: fresh.log.url, handle })).toThrow('go together');
    for (const from of ['now', '2026-13-01T00:00:00Z', '2026-01-01', '', new Date(Number.NaN)]) {
      expect(() => fresh.follow({ from })).toThrow(TypeError);
    }
  });
});
