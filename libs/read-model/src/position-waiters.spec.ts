import { afterEach, describe, expect, it, vi } from 'vitest';
import { at } from '../contract/people.ts';
import { PositionWaiters } from './position-waiters.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('those who wait for a position', () => {
  it('are woken by the first that passes theirs, in whatever order they came', async () => {
    const waiters = new PositionWaiters();
    const woken: number[] = [];
    const waits = [5, 3, 9, 3, 7].map((place) => waiters.wait(at(place), 10_000).then(() => woken.push(place)));
    waiters.passed(at(2));
    await Promise.resolve();
    expect(woken).toEqual([]);
    waiters.passed(at(6));
    await Promise.all([waits[0], waits[1], waits[3]]);
    expect(woken).toEqual([3, 3, 5]);
    waiters.passed(at(9));
    await Promise.all(waits);
    expect(woken).toEqual([3, 3, 5, 7, 9]);
  });

  it('give up when their time is over, and leave the others waiting', async () => {
    const waiters = new PositionWaiters();
    const patient = waiters.wait(at(1), 10_000);
    expect(await waiters.wait(at(1), 1)).toBe(false);
    waiters.passed(at(1));
    expect(await patient).toBe(true);
  });

  it('are let go of, all or those for whom nothing comes', async () => {
    const waiters = new PositionWaiters();
    const [gone, kept] = [waiters.wait(at(1), 10_000), waiters.wait(at(2), 10_000)];
    waiters.release((position) => position === at(1));
    expect(await gone).toBe(false);
    waiters.release();
    expect(await kept).toBe(false);
  });

  it('leave no timer and no place behind, whether they were woken, gave up or were let go of', async () => {
    vi.useFakeTimers();
    const waiters = new PositionWaiters();
    const waits = [10_000, 5, 10_000].map((withinMs, place) => waiters.wait(at(place), withinMs));
    expect(waiters.anybody).toBe(true);
    waiters.passed(at(0));
    vi.advanceTimersByTime(5);
    expect(waiters.anybody).toBe(true);
    waiters.release();
    expect(await Promise.all(waits)).toEqual([true, false, false]);
    expect([waiters.anybody, vi.getTimerCount()]).toEqual([false, 0]);
  });
});
