import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Recurring } from './recurring.ts';

const noFault = (error: unknown) => {
  throw error;
};

describe('recurring work', () => {
  it('is done at once, and again and again', async () => {
    let done = 0;
    const recurring = new Recurring({ work: async () => (done += 1), everyMs: 1, onFault: noFault });
    recurring.start();
    recurring.start();
    expect(done).toBe(1);
    await expect.poll(() => done).toBeGreaterThan(3);
    await recurring.stop();
  });

  it('comes again after a fault, which is told', async () => {
    const faults: unknown[] = [];
    const fault = new Error('the store is away');
    const work = () => Promise.reject(fault);
    const recurring = new Recurring({ work, everyMs: 1, onFault: (error) => faults.push(error) });
    recurring.start();
    await expect.poll(() => faults.length).toBeGreaterThan(2);
    await recurring.stop();
    expect(faults).toEqual(faults.map(() => fault));
  });

  it('pauses before the first where that is asked for, and for another time after a fault', async () => {
    const told: (string | number)[] = [];
    const recurring = new Recurring({
      async work() {
        told.push('work');
        if (told.length < 4) throw new Error('the store is away');
      },
      everyMs: 500,
      retryMs: 20,
      pausesFirst: true,
      onFault: () => told.push('fault'),
      async wait(milliseconds, signal) {
        told.push(milliseconds);
        await nextTurn();
        signal.throwIfAborted();
      },
    });
    recurring.start();
    await expect.poll(() => told.length).toBeGreaterThan(6);
    await recurring.stop();
    expect(told.slice(0, 7)).toEqual([500, 'work', 'fault', 20, 'work', 500, 'work']);
  });

  it('tells the work that it is to stop', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<AbortSignal>();
    const work = (signal: AbortSignal) => {
      resolve(signal);
      return new Promise((ended) => signal.addEventListener('abort', ended));
    };
    const recurring = new Recurring({ work, everyMs: 0, onFault: noFault });
    recurring.start();
    await begun;
    await recurring.stop();
    expect((await begun).aborted).toBe(true);
  });

  it('is waited for by who stops it, and never done after that', async () => {
    let [begun, ended] = [0, false];
    const { promise, reject } = Promise.withResolvers<void>();
    const work = () => {
      begun += 1;
      return promise;
    };
    const recurring = new Recurring({ work, everyMs: 0, onFault: noFault });
    recurring.start();
    const stopping = recurring.stop().then(() => {
      ended = true;
    });
    await nextTurn();
    expect(ended).toBe(false);
    reject(new Error('closed'));
    await stopping;
    await nextTurn();
    expect(begun).toBe(1);
  });
});
