import type * as threading from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Following, inTime } from '../../contract/following.ts';
import { anEvent, aStream, assertAppended, idsOf, readOn } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';

const threads = vi.hoisted(() => ({ areRefused: false, failAtTheEnd: false }));
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof threading>();
  class Worker extends original.Worker {
    constructor(file: URL, options: threading.WorkerOptions) {
      if (threads.areRefused) throw new Error('Worker initialization failure: EAGAIN');
      super(file, options);
    }

    override postMessage(message: unknown) {
      super.postMessage(message);
      if (threads.failAtTheEnd && message === 'close') this.emit('error', new Error('out of memory'));
    }
  }
  return { ...original, Worker };
});

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

it('refuses appends while the system gives no thread to write in, and writes once it does', async () => {
  const store = await log.connect();
  threads.areRefused = true;
  const refused = await Promise.allSettled([1, 2, 3].map(() => store.append(aStream(), [anEvent()], 'any')));
  for (const outcome of refused) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', ambiguous: false } });
  }
  threads.areRefused = false;
  const event = anEvent();
  assertAppended(await store.append(aStream(), [event], 'any'));
  expect(idsOf(await readOn(store, undefined))).toEqual([event.id]);
});

it('is closed, and ends who follows it, although the thread failed when it was to end', async () => {
  const store = await log.connect();
  assertAppended(await store.append(aStream(), [anEvent()], 'any'));
  const follower = new Following(store, await store.lastPosition());
  threads.failAtTheEnd = true;
  await store.close();
  await expect(inTime(follower.ended, () => 'the follower goes on')).rejects.toMatchObject({ code: 'closed' });
});
