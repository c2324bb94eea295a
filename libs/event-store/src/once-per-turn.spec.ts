import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { OncePerTurn } from './once-per-turn.ts';

const counted = () => {
  const calls = { count: 0 };
  return { calls, asked: new OncePerTurn(() => (calls.count += 1)) };
};

it('works once for all promises of a turn, and again in the next', async () => {
  const { calls, asked } = counted();
  await nextTurn();
  await Promise.resolve();
  for (let step = 0; step < 5; step++) {
    asked.do();
    await Promise.resolve();
  }
  expect(calls.count).toBe(1);
  await nextTurn();
  asked.do();
  expect(calls.count).toBe(2);
});

it('works again after a message of a thread, also where several come together', async () => {
  const { calls, asked } = counted();
  const { port1, port2 } = new MessageChannel();
  const seen: number[] = [];
  port2.on('message', () => {
    asked.do();
    seen.push(calls.count);
  });
  port1.postMessage(1);
  port1.postMessage(2);
  while (seen.length < 2) await once(port2, 'message');
  port1.close();
  expect(seen).toEqual([1, 2]);
});

it('works again once it was told to forget, or where the work failed', () => {
  const { calls, asked } = counted();
  asked.do();
  asked.forget();
  asked.do();
  expect(calls.count).toBe(2);
  let failing = true;
  const once = new OncePerTurn(() => {
    if (failing) throw new Error('away');
  });
  expect(() => once.do()).toThrow('away');
  failing = false;
  expect(() => once.do()).not.toThrow();
});
