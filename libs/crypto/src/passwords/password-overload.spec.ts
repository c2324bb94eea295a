import { afterEach, describe, expect, it } from 'vitest';
import { HashingQueue } from './hashing-queue.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';

const cost = { memoryKib: 19_456, passes: 1, lanes: 1 };
const MIB = 1_048_576;

let hasher: PasswordHasher | undefined;
afterEach(() => hasher?.close());

describe('a flood of passwords', () => {
  it('is answered at once beyond the queue, with when to come again', async () => {
    hasher = createPasswordHasher({ ...cost, threads: 2, maxQueue: 5 });
    const { verify } = hasher;
    const decoy = hasher.decoyHash();
    const answers = Array.from({ length: 500 }, () => verify(decoy, 'guess'));
    expect([hasher.running, hasher.queued]).toEqual([2, 5]);
    const settled = await Promise.all(answers);
    const shed = settled.filter((answer) => typeof answer === 'object');
    expect(settled.filter((answer) => answer === 'mismatch')).toHaveLength(7);
    expect(shed).toHaveLength(493);
    for (const answer of shed) expect(answer).toEqual({ overloaded: true, retryAfterSeconds: 1 });
    expect([hasher.running, hasher.queued]).toEqual([0, 0]);
    expect(await hasher.hash('later')).toMatchObject({ outcome: 'hashed' });
  });

  it('takes memory for the threads and nothing for what waits or is shed', async () => {
    hasher = createPasswordHasher({ ...cost, threads: 2, maxQueue: 60 });
    const { verify } = hasher;
    const decoy = hasher.decoyHash();
    await Promise.all([verify(decoy, 'warm'), verify(decoy, 'warm')]);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 2);
    await Promise.all(Array.from({ length: 2_000 }, () => verify(decoy, 'guess')));
    clearInterval(watch);
    // 62 hashes computed together would take 1.2 GB; two take 38 MB.
    expect(peak - before).toBeLessThan(200 * MIB);
  });

  it('tells those who hash a new password the same', async () => {
    hasher = createPasswordHasher({ ...cost, threads: 1, maxQueue: 0 });
    const [first, second] = await Promise.all([hasher.hash('a'), hasher.hash('b')]);
    expect(first.outcome).toBe('hashed');
    expect(second).toEqual({ outcome: 'overloaded', retryAfterSeconds: 1 });
  });
});

describe('the hashing queue', () => {
  it('takes no task that would wait for more than two seconds at the measured rate', async () => {
    const queue = new HashingQueue({ threads: 2, maxQueue: 1_000, expectedMs: 900 });
    const task = { kind: 'hash', password: 'x', cost: { memoryKib: 64, passes: 1, lanes: 1 } } as const;
    const answers = Array.from({ length: 10 }, () => queue.run(task));
    expect([queue.running, queue.queued]).toEqual([2, 4]);
    const shed = (await Promise.all(answers)).filter((answer) => 'retryAfterSeconds' in answer);
    expect(shed).toEqual(Array.from({ length: 4 }, () => ({ retryAfterSeconds: 3 })));
    await queue.close();
  });
});
