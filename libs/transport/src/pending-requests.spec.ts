import { fail, type Reply, succeed } from '@evident/contracts';
import { afterEach, expect, it, vi } from 'vitest';
import { PendingRequests } from './pending-requests.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Far from what `performance.now()` says. Times below are counted from here. */
const start = 1_800_000_000_000;

function waiting(maxInFlight = 10) {
  let now = start;
  const pending = new PendingRequests({ clock: () => now, maxInFlight });
  const add = (service: string, milliseconds: number) => {
    const settled = Promise.withResolvers<Reply<unknown>>();
    const request = { service, subject: `evident.${service}`, deadline: start + milliseconds };
    const id = pending.add({ ...request, settle: settled.resolve });
    return { id: id ?? 0, reply: settled.promise };
  };
  const passTo = (milliseconds: number) => {
    now = start + milliseconds;
  };
  return { pending, add, passTo };
}

it('settles a request once, and drops the second answer', async () => {
  const { pending, add } = waiting();
  const { id, reply } = add('a', 1_000);
  expect(pending.settle(id, succeed(1))).toBe(true);
  expect(pending.settle(id, succeed(2))).toBe(false);
  expect(await reply).toEqual(succeed(1));
  expect(pending.size).toBe(0);
});

it('drops an answer that comes at the deadline, before the sweep has been', async () => {
  const { pending, add, passTo } = waiting();
  const { id, reply } = add('a', 1_000);
  passTo(1_000);
  pending.settle(id, succeed(1));
  expect(await reply).toEqual(fail('deadline.passed'));
});

it('sweeps what nobody answered, and only that', async () => {
  const { pending, add, passTo } = waiting();
  const { reply } = add('a', 500);
  add('a', 9_000);
  passTo(500);
  expect(await reply).toEqual(fail('deadline.passed'));
  expect(pending.size).toBe(1);
});

it('sweeps what was given its time, also where the clock has gone back meanwhile', async () => {
  const { add, passTo } = waiting();
  const { reply } = add('a', 20);
  passTo(-3_600_000);
  expect(await reply).toEqual(fail('deadline.passed'));
});

it('sweeps again after it had nothing to do', async () => {
  const { add, passTo } = waiting();
  const first = add('a', 500);
  passTo(500);
  await first.reply;
  const second = add('a', 600);
  passTo(600);
  expect(await second.reply).toEqual(fail('deadline.passed'));
});

it('bounds each service by itself and makes room for one with each answer', async () => {
  const { pending, add } = waiting(2);
  const [first] = [add('a', 1_000), add('a', 1_000)];
  expect(await add('a', 1_000).reply).toMatchObject({ error: { code: 'load.shed' } });
  expect(pending.size).toBe(2);
  expect(add('b', 1_000).id).toBeGreaterThan(0);
  pending.settle(first.id, succeed(1));
  expect(add('a', 1_000).id).toBeGreaterThan(0);
  expect(await add('a', 1_000).reply).toMatchObject({ error: { code: 'load.shed' } });
});

it('serves all requests with one timer, and has none where nobody waits', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { pending, add } = waiting();
  for (let round = 0; round < 2; round++) {
    const requests = [add('a', 1_000), add('a', 1_000), add('b', 1_000)];
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(1);
    for (const { id } of requests) pending.settle(id, succeed(1));
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  }
});
