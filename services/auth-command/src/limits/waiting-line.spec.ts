import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('calls those who wait in the order they came, each key apart', async () => {
  const line = new WaitingLine();
  const called: string[] = [];
  const wait = async (name: string, key: string) => {
    if (await line.wait(key, 1_000)) called.push(name);
  };
  const waiting = [wait('first', 'a'), wait('second', 'a'), wait('other', 'b')];
  line.callNext('a');
  await waiting[0];
  expect(called).toEqual(['first']);
  line.callNext('b');
  line.callNext('a');
  line.callNext('a');
  await Promise.all(waiting);
  expect(called).toEqual(['first', 'other', 'second']);
});

it('tells whose time has passed so, and does not call them any more', async () => {
  const line = new WaitingLine();
  const [early, late] = [line.wait('a', 100), line.wait('a', 200)];
  vi.advanceTimersByTime(100);
  expect(await early).toBe(false);
  line.callNext('a');
  expect(await late).toBe(true);
});

it('does not wait at all where no time is left', async () => {
  expect(await new WaitingLine().wait('a', 0)).toBe(false);
});
