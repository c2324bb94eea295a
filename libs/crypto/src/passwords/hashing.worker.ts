import { type Algorithm, hashSync, verifySync } from '@node-rs/argon2';
import type { FailedTask, HashingResult, HashingTask } from './hashing-task.ts';

/** The library's enum exists in its types only. */
const ARGON2ID: Algorithm.Argon2id = 2;

/**
 * Runs in a thread of its own with the synchronous calls: the asynchronous ones would run in libuv's pool, where
 * token signatures, files and name look-ups of the whole process would queue behind them.
 */
export default function computeAll(tasks: readonly HashingTask[]): readonly (HashingResult | FailedTask)[] {
  return tasks.map((task) => {
    try {
      return compute(task);
    } catch (error) {
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  });
}

function compute(task: HashingTask): HashingResult {
  const began = performance.now();
  if (task.kind === 'verify') {
    const match = verifySync(task.phc, task.password);
    return { kind: 'verify', match, milliseconds: performance.now() - began };
  }
  const { memoryKib, passes, lanes } = task.cost;
  const phc = hashSync(task.password, {
    algorithm: ARGON2ID,
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
  });
  return { kind: 'hash', phc, milliseconds: performance.now() - began };
}
