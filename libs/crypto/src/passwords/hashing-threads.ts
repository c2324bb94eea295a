import { ArrayTaskQueue, Piscina } from 'piscina';
import type { FailedTask, HashingResult, HashingTask } from './hashing-task.ts';

const IDLE_THREAD_MS = 30_000;

type Pool = Piscina<readonly HashingTask[], readonly (HashingResult | FailedTask)[]>;

interface Started {
  readonly pool: Pool;
  readonly waiting: ArrayTaskQueue;
  /** Why it was given up. */
  fault: unknown;
}

/**
 * The threads that hash. They start with the first task and end after thirty idle seconds, so one may have to be
 * started at any time, and may then fail to: the disk no longer has what it loads, the system gives no memory.
 */
export class HashingThreads {
  readonly #most: number;
  #started: Started | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Rejects where a thread could not be started or died. The next call tries again. */
  async run(tasks: readonly HashingTask[]): Promise<readonly (HashingResult | FailedTask)[]> {
    this.#started ??= this.#start();
    const started = this.#started;
    const answer = post(started, tasks);
    try {
      return await answer;
    } catch (error) {
      throw started.fault ?? error;
    }
  }

  /** Ends the threads, and what they have not finished. */
  async end(): Promise<void> {
    await this.#started?.pool.destroy();
  }

  #start(): Started {
    const file = import.meta.url.endsWith('.ts') ? './hashing.worker.ts' : './hashing.worker.js';
    const waiting = new ArrayTaskQueue();
    const pool: Pool = new Piscina({
      filename: new URL(file, import.meta.url).href,
      minThreads: 0,
      maxThreads: this.#most,
      idleTimeout: IDLE_THREAD_MS,
      taskQueue: waiting,
      // What this process was started with (--input-type, --import …) is not for the threads.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    const started: Started = { pool, waiting, fault: undefined };
    // Of a thread that ended before it had a task. What waited for it would wait for ever, as no other one is started.
    pool.on('error', (fault) => {
      started.fault ??= fault;
      if (this.#started === started) this.#started = undefined;
      void pool.destroy();
    });
    return started;
  }
}

/** Throws at once where the system gives no thread. The pool would keep the tasks, and compute them for nobody later. */
function post({ pool, waiting }: Started, tasks: readonly HashingTask[]): ReturnType<Pool['run']> {
  try {
    return pool.run(tasks);
  } catch (refusal) {
    waiting.tasks.pop();
    throw refusal;
  }
}
