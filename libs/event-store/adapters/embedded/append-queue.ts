import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type AppendOutcome, EventStoreFault } from '../../src/event-store.port.ts';
import {
  type BatchReply,
  type FaultMessage,
  outcomeAt,
  resultKind,
  resultWidth,
  type WriterStart,
} from './writer-protocol.ts';

/** Appends and bytes that one transaction takes; more would keep other processes waiting. */
const batchAppends = 1024;
const batchBytes = 4_000_000;

interface Waiting {
  readonly message: string;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (fault: EventStoreFault) => void;
}

export interface AppendQueueOptions {
  readonly now: () => number;
  /** Appends that may wait; one more is refused as overload. */
  readonly capacity: number;
  /** Called after a commit of this process, before its appends resolve. */
  readonly committed: () => void;
}

/**
 * Gathers appends while one batch is with the writer's thread, then sends what gathered: the more is in flight, the
 * more share one sync of the disk.
 */
export class AppendQueue {
  readonly #worker: Worker;
  readonly #logId: string;
  readonly #options: AppendQueueOptions;
  #waiting: Waiting[] = [];
  #inFlight: readonly Waiting[] = [];
  #scheduled = false;
  #stopped: EventStoreFault | undefined;
  #idle: (() => void) | undefined;

  private constructor(worker: Worker, logId: string, options: AppendQueueOptions) {
    this.#worker = worker;
    this.#logId = logId;
    this.#options = options;
    worker.on('message', (reply: BatchReply) => this.#settle(reply));
    worker.on('error', (error) =>
      this.#stop(
        new EventStoreFault('unavailable', `the writer of the event log stopped: ${error}`, {
          ambiguous: true,
          cause: error,
        }),
      ),
    );
    worker.on('exit', () =>
      this.#stop(new EventStoreFault('unavailable', 'the writer of the event log stopped', { ambiguous: true })),
    );
    worker.unref();
  }

  static async start(start: WriterStart, options: AppendQueueOptions): Promise<AppendQueue> {
    const worker = new Worker(
      new URL(import.meta.url.endsWith('.ts') ? './writer.worker.ts' : './writer.worker.js', import.meta.url),
      { workerData: start },
    );
    const [first] = (await once(worker, 'message')) as ['ready' | { fault: FaultMessage }];
    if (first === 'ready') return new AppendQueue(worker, start.logId, options);
    await worker.terminate();
    throw asFault(first.fault);
  }

  append(message: string): Promise<AppendOutcome> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#waiting.length >= this.#options.capacity) {
      return Promise.reject(
        new EventStoreFault('unavailable', `the event log is overloaded: ${this.#waiting.length} appends are waiting`),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      if (this.#inFlight.length > 0 || this.#scheduled) return;
      this.#scheduled = true;
      // What the same turn of the event loop appends goes together.
      queueMicrotask(() => this.#send());
    });
  }

  /** Lets what is waiting be written, then ends the writer's thread. */
  async close(): Promise<void> {
    if (this.#inFlight.length > 0 || this.#waiting.length > 0)
      await new Promise<void>((resolve) => (this.#idle = resolve));
    if (this.#stopped !== undefined) return;
    this.#stopped = new EventStoreFault('closed', 'the event store is closed');
    this.#worker.ref();
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage('close');
    await exited;
  }

  #send(): void {
    this.#scheduled = false;
    if (this.#stopped !== undefined || this.#inFlight.length > 0) return;
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < batchAppends && bytes < batchBytes)
      bytes += this.#waiting[count++]?.message.length ?? 0;
    if (count === 0) {
      this.#worker.unref();
      this.#idle?.();
      return;
    }
    this.#inFlight = this.#waiting.splice(0, count);
    this.#worker.ref();
    this.#worker.postMessage({ appends: this.#inFlight.map((append) => append.message), now: this.#options.now() });
  }

  #settle(reply: BatchReply): void {
    const settled = this.#inFlight;
    this.#inFlight = [];
    this.#send();
    if ('fault' in reply) {
      for (const append of settled) append.reject(asFault(reply.fault));
      return;
    }
    this.#options.committed();
    settled.forEach((append, index) => {
      const fault = reply.results[index * resultWidth] === resultKind.fault ? reply.faults[index] : undefined;
      if (fault === undefined) append.resolve(outcomeAt(reply.results, index, this.#logId));
      else append.reject(asFault(fault));
    });
  }

  #stop(fault: EventStoreFault): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = fault;
    const lost = [...this.#inFlight, ...this.#waiting];
    this.#inFlight = [];
    this.#waiting = [];
    for (const append of lost) append.reject(fault);
    this.#idle?.();
  }
}

function asFault({ code, message, ambiguous }: FaultMessage): EventStoreFault {
  return new EventStoreFault(code, message, { ambiguous });
}
