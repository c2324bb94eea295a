import { Worker } from 'node:worker_threads';
import { type AppendOutcome, EventStoreFault, type NewEvent } from '../../src/event-store.port.ts';
import type { Appended } from './recent-events.ts';
import {
  type BatchReply,
  type FaultMessage,
  outcomeAt,
  resultKind,
  resultWidth,
  type Truncated,
  type TruncationMessage,
  truncatedAt,
  type WriterStart,
} from './writer-protocol.ts';

/** Appends and bytes that one transaction takes; more would keep other processes waiting. */
const batchAppends = 1024;
const batchBytes = 4_000_000;

/** What is to be appended: as the writer's thread gets it, and as it was given. */
export interface AppendWork {
  readonly message: string;
  readonly stream: string;
  readonly events: readonly NewEvent[];
}

interface Waiting extends AppendWork {
  readonly settle: (results: Float64Array, index: number) => void;
  readonly reject: (fault: EventStoreFault) => void;
}

export interface AppendQueueOptions {
  readonly now: () => number;
  /** Appends that may wait; one more is refused as overload. */
  readonly capacity: number;
  /** Called after a commit of this process, before its appends resolve, with what is new in the log, in its order. */
  readonly committed: (appended: readonly Appended[]) => void;
}

/**
 * Gathers appends while one batch is with the writer's thread, then sends what gathered: the more is in flight, the
 * more share one sync of the disk. The thread is started by the first append, so who only reads has none.
 */
export class AppendQueue {
  readonly #start: WriterStart;
  readonly #options: AppendQueueOptions;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #inFlight: readonly Waiting[] = [];
  #scheduled = false;
  #closed = false;
  #idle: (() => void) | undefined;

  constructor(start: WriterStart, options: AppendQueueOptions) {
    this.#start = start;
    this.#options = options;
  }

  /** Whether a batch is with the writer's thread. */
  get isWriting(): boolean {
    return this.#inFlight.length > 0;
  }

  append(work: AppendWork): Promise<AppendOutcome> {
    return this.#enqueue(work, (results, index) => outcomeAt(results, index, this.#start.logId));
  }

  /** Lets go of some of the beginning of a stream, between the appends of others. */
  truncate(stream: string, before: number): Promise<Truncated> {
    const message: TruncationMessage = [stream, before];
    return this.#enqueue({ message: JSON.stringify(message), stream, events: [] }, truncatedAt);
  }

  #enqueue<Outcome>(work: AppendWork, outcomeOf: (results: Float64Array, index: number) => Outcome): Promise<Outcome> {
    if (this.#waiting.length >= this.#options.capacity) {
      const overloaded = `the event log is overloaded: ${this.#waiting.length} appends are waiting`;
      return Promise.reject(new EventStoreFault('unavailable', overloaded));
    }
    return new Promise((resolve, reject) => {
      const settle: Waiting['settle'] = (results, index) => resolve(outcomeOf(results, index));
      this.#waiting.push({ ...work, settle, reject });
      if (this.#inFlight.length > 0 || this.#scheduled) return;
      this.#scheduled = true;
      // What the same turn of the event loop appends goes together.
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#send();
      });
    });
  }

  /** Lets what is waiting be written, then ends the writer's thread. To be called once; no append may follow. */
  async close(): Promise<void> {
    if (this.#inFlight.length > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    // By whatever way: all that was appended is answered, so a fault at the end loses nothing.
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await exited;
  }

  #send(): void {
    if (this.#inFlight.length > 0) return;
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < batchAppends && bytes < batchBytes) {
      bytes += this.#waiting[count]?.message.length ?? 0;
      count++;
    }
    if (count === 0) {
      this.#worker?.unref();
      this.#idle?.();
      return;
    }
    this.#inFlight = this.#waiting.splice(0, count);
    try {
      this.#worker ??= this.#startThread();
    } catch (error) {
      // The system gives no more threads; the next append asks again.
      this.#fail(new EventStoreFault('unavailable', `the writer of the event log cannot be started: ${error}`));
      return;
    }
    this.#worker.ref();
    this.#worker.postMessage({ appends: this.#inFlight.map(({ message }) => message), now: this.#options.now() });
  }

  #startThread(): Worker {
    const program = import.meta.url.endsWith('.ts') ? './writer.worker.ts' : './writer.worker.js';
    const worker = new Worker(new URL(program, import.meta.url), { workerData: this.#start });
    const stopped = (why: unknown) => {
      if (this.#worker !== worker || this.#closed) return;
      this.#worker = undefined;
      this.#fail(
        new EventStoreFault('unavailable', `the writer of the event log stopped: ${why}`, { ambiguous: true }),
      );
    };
    worker.on('message', (reply: BatchReply) => this.#settle(reply));
    worker.on('error', stopped);
    worker.on('exit', (code) => stopped(`exit ${code}`));
    return worker;
  }

  #settle(reply: BatchReply): void {
    if ('fault' in reply) {
      this.#fail(asFault(reply.fault));
      return;
    }
    const settled = this.#inFlight;
    this.#inFlight = [];
    // The thread gets its next batch before this one is answered: the disk is what everybody waits for.
    this.#send();
    this.#options.committed(appendedOf(settled, reply.results));
    settled.forEach(({ settle, reject }, index) => {
      const fault = reply.results[index * resultWidth] === resultKind.fault ? reply.faults[index] : undefined;
      if (fault === undefined) settle(reply.results, index);
      else reject(asFault(fault));
    });
  }

  /** The batch in flight has failed; what waits is tried by itself. */
  #fail(fault: EventStoreFault): void {
    const failed = this.#inFlight;
    this.#inFlight = [];
    this.#send();
    for (const { reject } of failed) reject(fault);
  }
}

function appendedOf(settled: readonly Waiting[], results: Float64Array): readonly Appended[] {
  const appended: Appended[] = [];
  settled.forEach(({ stream, events }, index) => {
    const at = index * resultWidth;
    const [kind, place = 0, revision = 0, recordedAt = 0] = results.subarray(at, at + resultWidth);
    if (kind === resultKind.appended) appended.push({ stream, events, place, revision, recordedAt });
  });
  return appended;
}

function asFault({ code, message, ambiguous }: FaultMessage): EventStoreFault {
  return new EventStoreFault(code, message, { ambiguous });
}
