import { expect, it, onTestFinished, vi } from 'vitest';
import { giveBackMemoryOfLoading } from '../src/memory-of-loading.ts';

it('is given back once, as soon as the event loop has nothing to do', async () => {
  let busy = true;
  const work = setInterval(() => {
    const end = performance.now() + 10;
    while (performance.now() < end);
  }, 1);
  onTestFinished(() => clearInterval(work));
  const collect = vi.fn(() => busy);
  let looks = 0;
  const quiet = {
    everyMs: 30,
    get busyAtMost() {
      looks += 1;
      return 0.5;
    },
  };
  giveBackMemoryOfLoading(quiet, collect);
  await expect.poll(() => looks).toBeGreaterThan(3);
  expect(collect).not.toHaveBeenCalled();
  // A timer that only wakes it a thousand times a second keeps it busy enough where the machine does much else.
  clearInterval(work);
  busy = false;
  await expect.poll(() => collect.mock.calls.length).toBe(1);
  const later = vi.fn();
  giveBackMemoryOfLoading(quiet, later);
  await expect.poll(() => later.mock.calls.length).toBe(1);
  expect(collect).toHaveBeenCalledOnce();
  expect(collect).toHaveReturnedWith(false);
});

it('frees memory, and leaves no collector within reach of the program', () => {
  let garbage: unknown[] | undefined = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  expect(garbage).toHaveLength(1_000_000);
  const held = process.memoryUsage().heapUsed;
  garbage = undefined;
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  giveBackMemoryOfLoading({ everyMs: 1, busyAtMost: 1 });
  vi.runAllTimers();
  expect(process.memoryUsage().heapUsed).toBeLessThan(held - 20_000_000);
  expect(globalThis.gc).toBeUndefined();
});
