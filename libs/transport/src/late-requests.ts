import type { TransportLog } from './transport-log.ts';

const lineEveryMs = 60_000;

/** Requests that nobody waited for when they came in. A service whose clock is ahead of theirs who ask drops them all. */
export class LateRequests {
  readonly #log: TransportLog;
  #unsaid = 0;
  #nextLineAt = Number.NEGATIVE_INFINITY;

  constructor(log: TransportLog) {
    this.#log = log;
  }

  /** One line a minute, with how many there were since the last one: a crowd would fill the log. */
  dropped(subject: string, lagMs: number): void {
    this.#unsaid += 1;
    if (performance.now() < this.#nextLineAt) return;
    this.#log.warn(
      { message: subject, count: this.#unsaid, lagMs },
      'Requests came in after their deadline: this service is overloaded, or its clock is ahead of theirs who ask.',
    );
    this.#unsaid = 0;
    this.#nextLineAt = performance.now() + lineEveryMs;
  }
}
