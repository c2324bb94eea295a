import { Worker } from 'node:worker_threads';
import { PersonKeysFault } from '../../src/person-keys.port.ts';
import type { WriteJob, WriteResult, WriterData, WriterReply } from './write-job.ts';

interface Waiting {
  readonly job: WriteJob;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (fault: PersonKeysFault) => void;
}

const IDLE_MS = 30_000;

/**
 * Sends changes to the writer thread, one message in flight: what comes meanwhile goes together in the next one and
 * shares its commit, so that any number of callers costs a few commits. The thread starts with the first change
 * and ends after thirty idle seconds.
 */
export class GroupWriter {
  readonly #path: string;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #waiting: Waiting[] = [];
  #inFlight: readonly Waiting[] = [];
  #drained: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(job: WriteJob): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      if (this.#inFlight.length === 0) this.#send();
    });
  }

  /** Resolves when everything that was written is answered. */
  async drain(): Promise<void> {
    if (this.#inFlight.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  /** Ends the thread; a later change would start it again. */
  async endThread(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close');
    await ended;
  }

  #send(): void {
    clearTimeout(this.#idle);
    if (this.#waiting.length === 0) {
      this.#inFlight = [];
      this.#worker?.unref();
      this.#idle = setTimeout(() => void this.endThread(), IDLE_MS).unref();
      this.#drained?.();
      return;
    }
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    try {
      this.#worker ??= this.#startThread();
    } catch (error) {
      // The system gives no more threads; the next change asks again.
      this.#settle({ outcome: 'failed', code: 'unavailable', message: `the writer cannot be started: ${error}` });
      return;
    }
    this.#worker.ref();
    this.#worker.postMessage(this.#inFlight.map(({ job }) => job));
  }

  #startThread(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './person-keys.worker.ts' : './person-keys.worker.js';
    const workerData: WriterData = { path: this.#path };
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      // What this process was started with (--input-type, --import …) is not for the thread.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', (reply: WriterReply) => this.#settle(reply));
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#settle({ outcome: 'failed', code: 'unavailable', message: error.message });
    });
    return worker;
  }

  #settle(reply: WriterReply): void {
    const settled = this.#inFlight;
    if (reply.outcome === 'failed') {
      const message = `Person keys could not be written to ${this.#path}: ${reply.message}.`;
      for (const { reject } of settled) reject(new PersonKeysFault(reply.code, message));
    } else {
      settled.forEach(({ resolve }, index) => {
        resolve(reply.results[index] ?? 0);
      });
    }
    this.#send();
  }
}
