import { fail, type Reply, succeed } from '@evident/contracts';
import { expect, it } from 'vitest';
import { PendingRequests } from './pending-requests.ts';

function waiting(maxInFlight = 10) {
  let now = 1_000;
  const pending = new PendingRequests({ clock: () => now, maxInFlight });
  const add = (service: string, deadline: number) => {
    const settled = Promise.withResolvers<Reply<unknown>>();
    const id = pending.add({ service, subject: `evident.${service}`, deadline, settle: settled.resolve });
    return { id: id ?? 0, reply: settled.promise };
  };
  const passTo = (time: number) => {
    now = time;
  };
  return { pending, add, passTo };
}

it('settles a request once, and drops the second answer', async () => {
  const { pending, add } = waiting();
  const { id, reply } = add('a', 2_000);
  expect(pending.settle(id, succeed(1))).toBe(true);
  expect(pending.settle(id, succeed(2))).toBe(false);
  expect(await reply).toEqual(succeed(1));
  expect(pending.size).toBe(0);
});

it('drops an answer that comes at the deadline, before the sweep has been', async () => {
  const { pending, add, passTo } = waiting();
  const { id, reply } = add('a', 2_000);
  passTo(2_000);
  pending.settle(id, succeed(1));
  expect(await reply).toEqual(fail('deadline.passed'));
});

it('sweeps what nobody answered, and only that', async () => {
  const { pending, add, passTo } = waiting();
  const { reply } = add('a', 1_500);
  add('a', 9_000);
  passTo(1_500);
  expect(await reply).toEqual(fail('deadline.passed'));
  expect(pending.size).toBe(1);
});

it('sweeps what was given its time, also where the clock has gone back meanwhile', async () => {
  const { add, passTo } = waiting();
  const { reply } = add('a', 1_020);
  passTo(-3_600_000);
  expect(await reply).toEqual(fail('deadline.passed'));
});

it('sweeps again after it had nothing to do', async () => {
  const { add, passTo } = waiting();
  const first = add('a', 1_500);
  passTo(1_500);
  await first.reply;
  const second = add('a', 1_600);
  passTo(1_600);
  expect(await second.reply).toEqual(fail('deadline.passed'));
});

it('bounds each service by itself and makes room with each answer', async () => {
  const { pending, add } = waiting(1);
  const first = add('a', 2_000);
  expect(await add('a', 2_000).reply).toMatchObject({ error: { code: 'load.shed' } });
  expect(add('b', 2_000).id).toBeGreaterThan(0);
  pending.settle(first.id, succeed(1));
  expect(add('a', 2_000).id).toBeGreaterThan(0);
});
