import type { EventStoreFault } from '../../src/event-store.port.ts';
import { WriteNotice } from './write-notice.ts';

/** Milliseconds between looks: close while commits come, and never so wide that 10 ms could pass unseen. */
const closeInterval = 2;
const steadyInterval = 7;
/** Where the operating system tells of writes a look is only a safety net, and a process costs nothing when idle. */
const noticedInterval = 250;
/** Milliseconds after the last sign of a commit: a write is seen before its sync has made it a commit. */
const closeFor = 30;
const steadyFor = 300;

export interface CommitWatchSource {
  /** The file that a commit writes first. */
  readonly writeAheadFile: string;
  /** A number that changes when another connection has committed. */
  dataVersion(): number;
  /** Throws where the log is no longer the one that was opened. */
  verify(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Tells followers that the log may have grown. Commits of this process wake at once; those of other processes are
 * found by looking at SQLite's data version, which is done only while a follower waits.
 */
export class CommitWatch {
  readonly #source: CommitWatchSource;
  readonly #waiters = new Set<Waiter>();
  #notice: WriteNotice | undefined;
  #timer: NodeJS.Timeout | undefined;
  #commits = 0;
  #dataVersion = -1;
  #signAt = 0;
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
    this.#release((waiter) => waiter.resolve());
  }

  /** Resolves once there was a commit after `mark`, or `signal` aborts; rejects once the log is not the one opened. */
  async changedSince(mark: number, signal: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    if (this.#commits !== mark || signal.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { resolve, reject };
    this.#waiters.add(waiter);
    const aborted = () => resolve();
    signal.addEventListener('abort', aborted, { once: true });
    this.#notice ??= new WriteNotice(this.#source.writeAheadFile, () => this.#written());
    if (this.#timer === undefined) this.#look();
    try {
      await promise;
    } finally {
      this.#waiters.delete(waiter);
      signal.removeEventListener('abort', aborted);
    }
  }

  close(fault: EventStoreFault): void {
    this.#closed = fault;
    clearTimeout(this.#timer);
    this.#notice?.close();
    this.#release((waiter) => waiter.reject(fault));
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#waiters.size === 0 || this.#closed !== undefined) return;
    const now = performance.now();
    try {
      const version = this.#source.dataVersion();
      const changed = version !== this.#dataVersion;
      this.#notice?.looked(changed);
      if (changed || now - this.#verifiedAt > noticedInterval) {
        this.#source.verify();
        this.#verifiedAt = now;
      }
      if (changed) {
        this.#dataVersion = version;
        this.#signAt = now;
        this.committed();
      }
    } catch (fault) {
      this.#release((waiter) => waiter.reject(fault));
      return;
    }
    this.#lookAfter(this.#interval(now - this.#signAt));
  }

  #interval(quiet: number): number {
    if (quiet < closeFor) return closeInterval;
    return quiet < steadyFor || this.#notice?.reliable !== true ? steadyInterval : noticedInterval;
  }

  #lookAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), milliseconds);
    this.#timer.unref();
  }

  #written(): void {
    const now = performance.now();
    const quiet = now - this.#signAt;
    this.#signAt = now;
    if (quiet >= closeFor && this.#timer !== undefined) this.#lookAfter(1);
  }

  #release(settle: (waiter: Waiter) => void): void {
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiting) settle(waiter);
  }
}
