import { manualClock } from '@evident/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { WindowLimit } from './window-limit.ts';

let clock: ReturnType<typeof manualClock>;
let limit: WindowLimit;
beforeEach(() => {
  clock = manualClock();
  limit = new WindowLimit({ most: 2, windowMs: 10_000, now: clock });
});

const take = (key = 'somebody') => {
  const place = limit.take(key);
  return place.ok ? 'ok' : place.retryAfterSeconds;
};

describe('what is done under one key', () => {
  it('is bounded in a window that begins with the first, and in the next again', () => {
    expect([take(), take()]).toEqual(['ok', 'ok']);
    clock.advance(9_999);
    expect(take()).toBe(1);
    clock.advance(1);
    expect([take(), take(), take()]).toEqual(['ok', 'ok', 10]);
  });

  it('does not bound what is done under another', () => {
    expect([take(), take(), take('somebody else')]).toEqual(['ok', 'ok', 'ok']);
  });

  it('is refused with the seconds until the window is over, rounded up, and by nothing that was refused before', () => {
    take();
    take();
    clock.advance(1_500);
    expect([take(), take(), take()]).toEqual([9, 9, 9]);
    clock.advance(8_500);
    expect(take()).toBe('ok');
  });

  it('counts no more once its place is given back, one place for one', () => {
    const first = limit.take('somebody');
    take();
    if (first.ok) first.giveBack();
    expect([take(), take()]).toEqual(['ok', 10]);
  });

  it('that is given back when its window is over makes no room in the next', () => {
    const first = limit.take('somebody');
    clock.advance(10_000);
    take();
    if (first.ok) first.giveBack();
    expect([take(), take()]).toEqual(['ok', 10]);
  });

  it('keeps its window when a place is given back', () => {
    take();
    clock.advance(5_000);
    const second = limit.take('somebody');
    if (second.ok) second.giveBack();
    expect([take(), take()]).toEqual(['ok', 5]);
  });
});
