import { type HashingResult, type HashingTask, NotComputed } from './hashing-task.ts';
import { HashingThreads } from './hashing-threads.ts';

const LONGEST_WAIT_MS = 2_000;
const NEWEST_WEIGHT = 0.1;
/** Tasks that a thread takes with it at once, where at least twice as many wait for each thread. */
const MOST_TOGETHER = 8;

export interface HashingQueueOptions {
  readonly threads: number;
  /** Tasks that may wait, whatever the measured rate; beyond it tasks are shed. */
  readonly maxQueue: number;
  /** First guess of one computation, in milliseconds, until there are measurements. */
  readonly expectedMs: number;
}

/** The task was not taken. */
export interface Shed {
  readonly retryAfterSeconds: number;
}

interface WaitingTask {
  readonly task: HashingTask;
  readonly resolve: (result: HashingResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hashing threads behind a bounded queue, first come first served.
 *
 * While many wait, a thread takes several with it and answers them together. Argon2 empties the processor's caches, so
 * that whatever the event loop does between two hashes is slow; woken once for four answers, it does it for four at a
 * time and leaves the processors to the hashes.
 *
 * A task is taken only where it will begin within two seconds at the rate measured lately, and where fewer than
 * `maxQueue` wait. A process that hashes nothing pays neither start-up time nor memory for threads.
 */
export class HashingQueue {
  readonly #options: HashingQueueOptions;
  readonly #threads: HashingThreads;
  readonly #waiting: WaitingTask[] = [];
  #busyThreads = 0;
  /** Taken and not answered: waiting and being computed. */
  #inFlight = 0;
  #taskMs: number;
  #drained: (() => void) | undefined;

  constructor(options: HashingQueueOptions) {
    this.#options = options;
    this.#threads = new HashingThreads(options.threads);
    this.#taskMs = options.expectedMs;
  }

  get running(): number {
    return Math.min(this.#inFlight, this.#options.threads);
  }

  get queued(): number {
    return this.#inFlight - this.running;
  }

  /** Rejects with `NotComputed`, or with why there was no thread. */
  async run(task: HashingTask): Promise<HashingResult | Shed> {
    if (this.#inFlight >= this.#options.threads && !this.#mayWait()) {
      return { retryAfterSeconds: Math.max(1, Math.ceil(this.#waitMs() / 1_000)) };
    }
    this.#inFlight += 1;
    try {
      const result = await new Promise<HashingResult>((resolve, reject) => {
        this.#waiting.push({ task, resolve, reject });
        this.#distribute();
      });
      this.#taskMs += (result.milliseconds - this.#taskMs) * NEWEST_WEIGHT;
      return result;
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#drained?.();
    }
  }

  /** Finishes what was taken, then ends the threads. The pool's own `close` would drop what waits for a starting thread. */
  async close(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await this.#threads.end();
  }

  #distribute(): void {
    const { threads } = this.#options;
    while (this.#busyThreads < threads && this.#waiting.length > 0) {
      const share = Math.floor(this.#waiting.length / (2 * threads));
      void this.#compute(this.#waiting.splice(0, Math.max(1, Math.min(MOST_TOGETHER, share))));
    }
  }

  async #compute(together: readonly WaitingTask[]): Promise<void> {
    this.#busyThreads += 1;
    try {
      const results = await this.#threads.run(together.map(({ task }) => task));
      together.forEach(({ resolve, reject }, index) => {
        const result = results[index] ?? { kind: 'failed', reason: 'it was not answered' };
        if (result.kind === 'failed') reject(new NotComputed(result.reason));
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      this.#busyThreads -= 1;
      this.#distribute();
    }
  }

  #mayWait(): boolean {
    return this.queued < this.#options.maxQueue && this.#waitMs() < LONGEST_WAIT_MS;
  }

  /** Milliseconds until a thread would begin a task that came now. */
  #waitMs(): number {
    return ((this.queued + 1) * this.#taskMs) / this.#options.threads;
  }
}
