import { afterEach, expect, it } from 'vitest';
import { HashingQueue } from './hashing-queue.ts';

const cost = { memoryKib: 64, passes: 1, lanes: 1 };
let queue: HashingQueue;
afterEach(() => queue.close());

it('answers each of many that wait, in their order, and one that cannot be computed fails alone', async () => {
  queue = new HashingQueue({ threads: 1, maxQueue: 100, expectedMs: 1 });
  const made = await queue.run({ kind: 'hash', password: 'right', cost });
  if (!('phc' in made)) throw new Error('expected a hash');
  const answered: number[] = [];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, async (_, each) => {
      const phc = each === 17 ? 'nonsense' : made.phc;
      const result = await queue.run({ kind: 'verify', password: each % 3 === 0 ? 'right' : 'wrong', phc });
      answered.push(each);
      return 'match' in result ? result.match : result;
    }),
  );
  outcomes.forEach((outcome, each) => {
    if (each === 17) expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'NotComputed' } });
    else expect(outcome).toEqual({ status: 'fulfilled', value: each % 3 === 0 });
  });
  expect(answered).toEqual([...answered].sort((a, b) => a - b));
  expect(queue.queued + queue.running).toBe(0);
});

it('lets a task wait that its first guess would have shed, once it has measured how fast it is', async () => {
  queue = new HashingQueue({ threads: 1, maxQueue: 100, expectedMs: 4_000 });
  const two = () => Promise.all([1, 2].map(() => queue.run({ kind: 'hash', password: 'right', cost })));
  expect(await two()).toMatchObject([{ kind: 'hash' }, { retryAfterSeconds: 4 }]);
  for (let each = 0; each < 19; each++) await queue.run({ kind: 'hash', password: 'right', cost });
  expect(await two()).toMatchObject([{ kind: 'hash' }, { kind: 'hash' }]);
});

it('answers the last one that it took before it ends', async () => {
  queue = new HashingQueue({ threads: 1, maxQueue: 100, expectedMs: 1 });
  const last = queue.run({ kind: 'hash', password: 'right', cost });
  await queue.close();
  expect(await last).toMatchObject({ kind: 'hash' });
});
