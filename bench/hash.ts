/**
 * Verifications of argon2id a second: bare (one thread for each core that does nothing else) and through the
 * password hasher with several callers waiting, alternating; the share is the median of the pairs.
 * `node --conditions=@evident/source bench/hash.ts [seconds a run] [pairs] [memory KiB] [passes]`
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createPasswordHasher } from '@evident/crypto';
import { verifySync } from '@node-rs/argon2';

const [seconds = 3, pairs = 5, memoryKib = 19_456, passes = 2] = process.argv.slice(2).map(Number);
const cores = availableParallelism();

interface BareRun {
  readonly phc: string;
  readonly milliseconds: number;
}

/** Counts synchronous verifications until the time is over. */
function runBare({ phc, milliseconds }: BareRun): number {
  const end = performance.now() + milliseconds;
  let count = 0;
  for (; performance.now() < end; count += 1) verifySync(phc, 'a wrong password');
  return count;
}

async function bareRate(phc: string): Promise<number> {
  const threads = Array.from({ length: cores }, () => new Worker(new URL(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const began = performance.now();
  const run: BareRun = { phc, milliseconds: seconds * 1_000 };
  for (const thread of threads) thread.postMessage(run);
  const counts = await Promise.all(threads.map(async (thread) => Number((await once(thread, 'message'))[0])));
  const rate = counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - began) / 1_000);
  await Promise.all(threads.map((thread) => thread.terminate()));
  return rate;
}

async function hasherRate(phc: string): Promise<number> {
  const hasher = createPasswordHasher({ memoryKib, passes, lanes: 1 });
  await Promise.all(Array.from({ length: cores * 2 }, () => hasher.verify(phc, 'warm')));
  const began = performance.now();
  const end = began + seconds * 1_000;
  let count = 0;
  const caller = async () => {
    for (; performance.now() < end; count += 1) await hasher.verify(phc, 'a wrong password');
  };
  await Promise.all(Array.from({ length: cores * 8 }, caller));
  const rate = count / ((performance.now() - began) / 1_000);
  await hasher.close();
  return rate;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

if (isMainThread) {
  const maker = createPasswordHasher({ memoryKib, passes, lanes: 1, threads: 1 });
  const phc = maker.decoyHash();
  await maker.close();
  const bare: number[] = [];
  const hashed: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(await bareRate(phc));
    hashed.push(await hasherRate(phc));
  }
  const share = median(hashed.map((rate, index) => rate / (bare[index] ?? rate)));
  console.log(`argon2id m=${memoryKib} t=${passes} p=1, ${cores} cores, ${pairs} pairs of ${seconds} s`);
  console.log(`bare                 ${median(bare).toFixed(1)} verifications/s`);
  console.log(`through the hasher   ${median(hashed).toFixed(1)} verifications/s, ${share.toFixed(3)} of bare`);
} else {
  parentPort?.on('message', (run: BareRun) => parentPort?.postMessage(runBare(run)));
  parentPort?.postMessage(workerData ?? 'ready');
}
