import type { EventStoreFault } from '../../src/event-store.port.ts';

/** Milliseconds between looks: close while commits come, wider when nothing happens, always within 10 ms. */
const busyInterval = 2;
const idleInterval = 7;
const busyFor = 200;

export interface CommitWatchSource {
  /** A number that changes when another connection has committed. */
  dataVersion(): number;
  /** Throws where the log is no longer the one that was opened. */
  verify(): void;
}

/**
 * Tells followers that the log may have grown. Commits of this process wake at once; those of other processes are
 * found by looking at SQLite's data version, which is done only while a follower waits.
 */
export class CommitWatch {
  readonly #source: CommitWatchSource;
  readonly #waiters = new Set<{ resolve: () => void; reject: (fault: unknown) => void }>();
  #timer: NodeJS.Timeout | undefined;
  #commits = 0;
  #dataVersion = -1;
  #changedAt = 0;
  #verifiedAt = 0;
  #closed: EventStoreFault | undefined;

  constructor(source: CommitWatchSource) {
    this.#source = source;
  }

  /** Take it before reading, hand it to `changedSince` after: a commit in between is then not missed. */
  get mark(): number {
    return this.#commits;
  }

  committed(): void {
    this.#commits++;
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiting) waiter.resolve();
  }

  /** Resolves once there was a commit after `mark`, or `signal` aborts. */
  changedSince(mark: number, signal: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#commits !== mark || signal.aborted) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { resolve, reject };
    this.#waiters.add(waiter);
    const abort = () => {
      this.#waiters.delete(waiter);
      resolve();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (this.#timer === undefined) this.#look();
    return promise.finally(() => signal.removeEventListener('abort', abort));
  }

  close(fault: EventStoreFault): void {
    this.#closed = fault;
    clearTimeout(this.#timer);
    this.#fail(fault);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#waiters.size === 0 || this.#closed !== undefined) return;
    const now = performance.now();
    try {
      const version = this.#source.dataVersion();
      if (version !== this.#dataVersion || now - this.#verifiedAt > 250) {
        this.#source.verify();
        this.#verifiedAt = now;
      }
      if (version !== this.#dataVersion) {
        this.#dataVersion = version;
        this.#changedAt = now;
        this.committed();
      }
    } catch (fault) {
      this.#fail(fault);
      return;
    }
    this.#timer = setTimeout(() => this.#look(), now - this.#changedAt < busyFor ? busyInterval : idleInterval);
    this.#timer.unref();
  }

  #fail(fault: unknown): void {
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiting) waiter.reject(fault);
  }
}
