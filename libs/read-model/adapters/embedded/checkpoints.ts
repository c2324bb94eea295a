import { Worker } from 'node:worker_threads';
import type { CheckpointReply, CheckpointRequest, CheckpointStart } from './checkpoint.worker.ts';

export interface CheckpointSizes {
  /** Rows changed, of a few pages each, until what was written is carried over. */
  readonly rows: number;
  /** Of the write-ahead log: beyond, writes wait for what is left to be carried over, and it begins anew. */
  readonly mostPages: number;
}

/** SQLite itself does it then, on the event loop, when the write-ahead log has grown to twice its bound. */
const notDone: CheckpointReply = { isBusy: true, pages: 0 };
const idleMs = 30_000;
/** Writes wait for a slow disk when they are so many times ahead of it. */
const longWait = 8;
/** 64 MiB at most, and some more that is written while that is found out. */
const usualSizes: CheckpointSizes = { rows: 1_000, mostPages: 16_384 };

/**
 * Carries what was committed from the write-ahead log over into the file, in a thread of its own: SQLite waits for
 * the disk in it, and on the event loop everybody would wait with it. The thread starts with the first of it and ends
 * after thirty idle seconds.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #sizes: CheckpointSizes;
  #worker: Worker | undefined;
  #ended = false;
  #rows = 0;
  /** One at a time; resolves with what the last one did. */
  #last: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | undefined;
  #reply: ((reply: CheckpointReply) => void) | undefined;
  #held: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(path: string, sizes = usualSizes) {
    this.#path = path;
    this.#sizes = sizes;
  }

  /** Resolves when there is room in the write-ahead log; undefined where there is. */
  get room(): Promise<void> | undefined {
    return this.#held ?? (this.#rows >= longWait * this.#sizes.rows ? this.#running : undefined);
  }

  committed(rows: number): void {
    this.#rows += rows;
    if (this.#rows < this.#sizes.rows || this.#running !== undefined || this.#ended) return;
    this.#rows = 0;
    this.#running = this.#carryOver().finally(() => {
      this.#running = undefined;
    });
  }

  /** Empties the write-ahead log; false where somebody reads or writes what is in it. */
  async empty(): Promise<boolean> {
    await this.#ask('some');
    return !(await this.#ask('all')).isBusy;
  }

  /** Ends the thread, so that the file can be closed. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
    await this.#last;
    await this.#endThread();
  }

  async #carryOver(): Promise<void> {
    const { pages } = await this.#ask('some');
    if (pages <= this.#sizes.mostPages) return;
    // What was added meanwhile keeps it from beginning anew: for that little of it nobody adds anything.
    this.#held = this.#ask('some').then(() => {
      this.#held = undefined;
    });
    await this.#held;
  }

  #ask(request: 'some' | 'all'): Promise<CheckpointReply> {
    const answered = this.#last.then(() => this.#send(request));
    this.#last = answered;
    return answered;
  }

  async #send(request: 'some' | 'all'): Promise<CheckpointReply> {
    clearTimeout(this.#idle);
    const { promise, resolve } = Promise.withResolvers<CheckpointReply>();
    this.#reply = resolve;
    try {
      this.#worker ??= this.#startThread();
    } catch {
      // The system gives no more threads.
      return notDone;
    }
    // A process that only waits for this must not end before.
    this.#worker.ref();
    this.#worker.postMessage(request satisfies CheckpointRequest);
    const reply = await promise;
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.#endThread(), idleMs).unref();
    return reply;
  }

  #startThread(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './checkpoint.worker.ts' : './checkpoint.worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path: this.#path } satisfies CheckpointStart,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    worker.on('message', (reply: CheckpointReply) => this.#reply?.(reply));
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#reply?.(notDone);
    });
    return worker;
  }

  async #endThread(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close' satisfies CheckpointRequest);
    await ended;
  }
}
