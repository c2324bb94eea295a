import { createRequire } from 'node:module';
import type * as threading from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HashingQueue } from './hashing-queue.ts';
import type { HashingTask } from './hashing-task.ts';
import { createPasswordHasher } from './password-hasher.ts';

const starts = vi.hoisted(() => ({ fail: false, refuse: false, newest: { completed: 0 } }));
vi.mock('piscina', async (importOriginal) => {
  const original = await importOriginal<typeof import('piscina')>();
  class Piscina extends original.Piscina {
    constructor(options: ConstructorParameters<typeof original.Piscina>[0]) {
      super(starts.fail ? { ...options, filename: new URL('nowhere.js', import.meta.url).href } : options);
      starts.newest = this;
    }
  }
  return { ...original, Piscina };
});

/** What the pool's own library makes its threads with. */
const library: { Worker: typeof threading.Worker } = createRequire(import.meta.url)('node:worker_threads');
const { Worker } = library;
library.Worker = class extends Worker {
  constructor(...given: ConstructorParameters<typeof Worker>) {
    if (starts.refuse) throw new Error('Worker initialization failure: EAGAIN');
    super(...given);
  }
};
afterAll(() => {
  library.Worker = Worker;
});

const cost = { memoryKib: 64, passes: 1, lanes: 1 };
const hash: HashingTask = { kind: 'hash', password: 'right', cost };
let queue: HashingQueue;
beforeEach(() => {
  starts.fail = false;
  starts.refuse = false;
  queue = new HashingQueue({ threads: 2, maxQueue: 100, expectedMs: 1 });
});
afterEach(() => queue.close());

it('fails what waits for a thread that cannot be started, and starts another one for what comes later', async () => {
  starts.fail = true;
  const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => queue.run(hash)));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_MODULE_NOT_FOUND' } });
  }
  expect(queue.queued + queue.running).toBe(0);
  starts.fail = false;
  expect(await queue.run(hash)).toMatchObject({ kind: 'hash' });
});

it('computes nothing later that failed because the system gave no thread', async () => {
  starts.refuse = true;
  const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => queue.run(hash)));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('EAGAIN') } });
  }
  starts.refuse = false;
  expect(await queue.run(hash)).toMatchObject({ kind: 'hash' });
  expect(starts.newest.completed).toBe(1);
});

it('tells a thread that could not be had from a hash that cannot be computed', async () => {
  const hasher = createPasswordHasher({ ...cost, threads: 1 });
  starts.refuse = true;
  await expect(hasher.verify(hasher.decoyHash(), 'x')).rejects.toMatchObject({ code: 'thread-failed' });
  starts.refuse = false;
  const notBase64 = hasher.decoyHash().slice(0, -2);
  await expect(hasher.verify(notBase64, 'x')).rejects.toMatchObject({ code: 'not-computed' });
  await hasher.close();
});
