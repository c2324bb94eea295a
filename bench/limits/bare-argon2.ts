import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { verifySync } from '@node-rs/argon2';

interface BareRun {
  readonly phc: string;
  readonly milliseconds: number;
}

/** Verifications a second of argon2id alone: one thread for each core, that does nothing else. */
export async function bareArgon2Rate(phc: string, seconds: number): Promise<number> {
  const threads = Array.from({ length: availableParallelism() }, () => new Worker(new URL(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const began = performance.now();
  const run: BareRun = { phc, milliseconds: seconds * 1_000 };
  for (const thread of threads) thread.postMessage(run);
  const counts = await Promise.all(threads.map(async (thread) => Number((await once(thread, 'message'))[0])));
  const rate = counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - began) / 1_000);
  await Promise.all(threads.map((thread) => thread.terminate()));
  return rate;
}

/** Counts synchronous verifications until the time is over. */
function runBare({ phc, milliseconds }: BareRun): number {
  const end = performance.now() + milliseconds;
  let count = 0;
  for (; performance.now() < end; count += 1) verifySync(phc, 'a wrong password');
  return count;
}

if (!isMainThread) {
  parentPort?.on('message', (run: BareRun) => parentPort?.postMessage(runBare(run)));
  parentPort?.postMessage('ready');
}
