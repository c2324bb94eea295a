import { fail, type Reply } from '@evident/contracts';

type Settle = (reply: Reply<unknown>) => void;

export interface PendingRequest {
  readonly service: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly settle: Settle;
}

interface Waiting extends PendingRequest {
  /** When its time is over by `performance.now()`: the clock of the deadline may go back meanwhile. */
  readonly until: number;
}

export interface PendingRequestsOptions {
  readonly clock: () => number;
  readonly maxInFlight: number;
}

/** How late a request may learn that its deadline has passed. */
const sweepMs = 10;

/**
 * The asking half of both transports: requests that wait for an answer, bounded for each service, each settled exactly
 * once, by its answer or its deadline. One sweep serves them all: a timer for each would cost more than the request.
 */
export class PendingRequests {
  readonly #clock: () => number;
  readonly #maxInFlight: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #inFlight = new Map<string, number>();
  #lastId = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: PendingRequestsOptions) {
    this.#clock = options.clock;
    this.#maxInFlight = options.maxInFlight;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @returns an id to settle it by, or undefined, settled with `load.shed`, where too many wait for that service. */
  add(request: PendingRequest): number | undefined {
    const inFlight = this.#inFlight.get(request.service) ?? 0;
    if (inFlight >= this.#maxInFlight) {
      request.settle(fail('load.shed', { retryAfterSeconds: 1 }));
      return undefined;
    }
    this.#inFlight.set(request.service, inFlight + 1);
    this.#lastId += 1;
    const until = performance.now() + request.deadline - this.#clock();
    this.#waiting.set(this.#lastId, { ...request, until });
    this.#sweep ??= setInterval(() => this.#passDeadlines(), sweepMs).unref();
    return this.#lastId;
  }

  /** False where nobody waits any more: the answer is late, or comes a second time, and is dropped. */
  settle(id: number, reply: Reply<unknown>): boolean {
    const request = this.#waiting.get(id);
    if (request === undefined) return false;
    this.#waiting.delete(id);
    this.#inFlight.set(request.service, (this.#inFlight.get(request.service) ?? 1) - 1);
    request.settle(request.deadline <= this.#clock() ? fail('deadline.passed') : reply);
    return true;
  }

  settleWhere(chosen: (request: Waiting) => boolean, reply: Reply<unknown>): void {
    for (const [id, request] of this.#waiting) {
      if (chosen(request)) this.settle(id, reply);
    }
  }

  /** The timer ends itself at the first sweep that finds nothing, not with each request that finds itself alone. */
  #passDeadlines(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
      return;
    }
    const [now, elapsed] = [this.#clock(), performance.now()];
    this.settleWhere(({ deadline, until }) => deadline <= now || until <= elapsed, fail('deadline.passed'));
  }
}
