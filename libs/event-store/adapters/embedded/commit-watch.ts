import type { EventStoreFault } from '../../src/event-store.port.ts';
import { WriteNotice } from './write-notice.ts';

/** Milliseconds between looks: close while others commit, and never so wide that 10 ms could pass unseen. */
const closeInterval = 2;
const steadyInterval = 7;
/** Where the operating system tells of writes a look is only a safety net, and a process costs nothing when idle. */
const noticedInterval = 250;
/** Milliseconds after the last sign of a commit of others: a write is seen before its sync has made it a commit. */
const closeFor = 30;
const steadyFor = 300;

export interface CommitWatchSource {
  /** The file that a commit writes first. */
  readonly writeAheadFile: string;
  /** A number that changes when another connection has committed, this process's writer too. */
  dataVersion(): number;
  /** The place of the last event. Throws where the log is no longer the one that was opened. */
  end(): number;
  /** Whether this process is committing, or waits for others to let it: what is found meanwhile may be its own. */
  isWriting(): boolean;
}

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Tells followers that the log may have grown. Commits of this process wake at once, and once; those of other processes
 * are found by looking at SQLite's data version, which is done only while a follower waits. While this process writes
 * the operating system's notices would be of its own writes, several of each: then nobody listens for them.
 */
export class CommitWatch {
  readonly #source: CommitWatchSource;
  readonly #waiters = new Set<Waiter>();
  readonly #heard = new WeakSet<AbortSignal>();
  #notice: WriteNotice | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is due. */
  #lookAtMs = 0;
  #commits = 0;
  #dataVersion = -1;
  /** The last event that followers were woken for. */
  #toldOf = -1;
  #othersAt = Number.NEGATIVE_INFINITY;
  #ownAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #verifiedAt = 0;
  #closed: EventStoreFault | undefined;

  constructor(source: CommitWatchSource) {
    this.#source = source;
  }

  /** Take it before reading, hand it to `changedSince` after: a commit in between is then not missed. */
  get mark(): number {
    return this.#commits;
  }

  /** A commit of this process; `end` is the place of its last event. */
  committed(end: number): void {
    this.#ownAt = performance.now();
    if (this.#notice?.reliable === true) this.#notice.rest();
    if (end > this.#toldOf) this.#wake(end);
  }

  /** Resolves once there was a commit after `mark`, or `signal` aborts; rejects once the log is not the one opened. */
  changedSince(mark: number, signal: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#commits !== mark || signal.aborted) return Promise.resolve();
    this.#hear(signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.add({ signal, resolve, reject });
    this.#notice ??= new WriteNotice(this.#source.writeAheadFile, () => this.#written());
    if (this.#timer === undefined) this.#look();
    return promise;
  }

  close(fault: EventStoreFault): void {
    this.#closed = fault;
    clearTimeout(this.#timer);
    this.#notice?.close();
    for (const waiter of this.#taken()) waiter.reject(fault);
  }

  /** Once for each signal: a follower waits for every commit with the same one. */
  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    const aborted = () => {
      for (const waiter of this.#taken((each) => each.signal === signal)) waiter.resolve();
    };
    signal.addEventListener('abort', aborted, { once: true });
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#waiters.size === 0 || this.#closed !== undefined) return;
    const now = performance.now();
    try {
      // What its commit wakes for is told by the commit, with all that others have written before it. But it may have to
      // wait for them, and they may go on for long.
      const toldAt = Math.max(this.#ownAt, this.#lookedAt);
      if (!this.#source.isWriting() || now - toldAt >= steadyInterval) this.#lookAt(now);
    } catch (fault) {
      for (const waiter of this.#taken()) waiter.reject(fault);
      return;
    }
    this.#lookAfter(this.#interval(now));
  }

  #lookAt(now: number): void {
    if (now - this.#ownAt >= steadyFor) this.#notice?.listen();
    this.#lookedAt = now;
    const version = this.#source.dataVersion();
    const changed = version !== this.#dataVersion;
    this.#notice?.looked(changed);
    if (!changed && now - this.#verifiedAt <= noticedInterval) return;
    const end = this.#source.end();
    this.#verifiedAt = now;
    this.#dataVersion = version;
    if (end === this.#toldOf) return;
    this.#othersAt = now;
    this.#wake(end);
  }

  #interval(now: number): number {
    const quiet = now - this.#othersAt;
    if (quiet < closeFor) return closeInterval;
    const isQuiet = quiet >= steadyFor && now - this.#ownAt >= steadyFor;
    return isQuiet && this.#notice?.reliable === true ? noticedInterval : steadyInterval;
  }

  #lookAfter(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    // Never later than it is due: notices may come without a pause.
    if (this.#timer !== undefined && at >= this.#lookAtMs) return;
    clearTimeout(this.#timer);
    this.#lookAtMs = at;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
    this.#timer.unref();
  }

  #written(): void {
    const now = performance.now();
    const quiet = now - this.#othersAt;
    const mayBeOwn = this.#source.isWriting();
    if (!mayBeOwn) this.#othersAt = now;
    if (quiet >= closeFor && this.#timer !== undefined) this.#lookAfter(mayBeOwn ? steadyInterval : 1);
  }

  #wake(end: number): void {
    this.#commits++;
    this.#toldOf = end;
    for (const waiter of this.#taken()) waiter.resolve();
  }

  #taken(chosen: (waiter: Waiter) => boolean = () => true): readonly Waiter[] {
    const taken = [...this.#waiters].filter(chosen);
    for (const waiter of taken) this.#waiters.delete(waiter);
    return taken;
  }
}
