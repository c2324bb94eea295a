import { expect, it } from 'vitest';
import { backOff, backOffMs } from './back-off.ts';

const settings = { firstMs: 50, longestMs: 5000 };

it('doubles up to its longest, by half or all of it', () => {
  expect([1, 2, 3, 7, 8, 1000].map((attempt) => backOffMs(settings, attempt, 1))).toEqual([
    50, 100, 200, 3200, 5000, 5000,
  ]);
  expect([1, 2, 8].map((attempt) => backOffMs(settings, attempt, 0))).toEqual([25, 50, 2500]);
});

it('ends at once where the signal aborts', async () => {
  const controller = new AbortController();
  const waiting = backOff({ firstMs: 60_000, longestMs: 60_000 }, 1, controller.signal);
  controller.abort();
  await expect(waiting).resolves.toBeUndefined();
});
