/** How many webhooks are at work at once; each holds a page of events and a connection at most. */
export interface LaneSizes {
  readonly quick: number;
  /** For receivers that failed last time, or took long: they wait for each other alone. */
  readonly doubtful: number;
  /** Beyond both: receivers that turned out to take long after they were let in among the quick ones. */
  readonly aside: number;
  /** An answer that takes so long is no longer a quick one; milliseconds. */
  readonly quickMs: number;
}

export const usualLanes: LaneSizes = { quick: 128, doubtful: 32, aside: 256, quickMs: 1_000 };

/** A place among those at work; to be given back whatever happened. */
export interface LanePlace {
  /** Makes room among the quick ones and goes on; where too many have done so, it stays where it is. */
  stepAside(): void;
  leave(): void;
}

/**
 * Bounds what any number of webhooks holds in memory without letting a bad receiver delay a good one: who is known to
 * fail or to be slow waits in a lane of its own, and who turns out so steps aside.
 */
export class DeliveryLanes {
  readonly sizes: LaneSizes;
  readonly #quick: Lane;
  readonly #doubtful: Lane;
  #aside = 0;

  constructor(sizes = usualLanes) {
    this.sizes = sizes;
    this.#quick = new Lane(sizes.quick);
    this.#doubtful = new Lane(sizes.doubtful);
  }

  /** In the order of asking. Undefined where the signal was aborted first. */
  async enter(isDoubtful: boolean, signal: AbortSignal): Promise<LanePlace | undefined> {
    const lane = isDoubtful ? this.#doubtful : this.#quick;
    if (!(await lane.enter(signal))) return undefined;
    let where: 'lane' | 'aside' | 'left' = 'lane';
    return {
      stepAside: () => {
        if (isDoubtful || where !== 'lane' || this.#aside >= this.sizes.aside) return;
        where = 'aside';
        this.#aside += 1;
        lane.leave();
      },
      leave: () => {
        if (where === 'lane') lane.leave();
        else if (where === 'aside') this.#aside -= 1;
        where = 'left';
      },
    };
  }
}

class Lane {
  #free: number;
  /** A set, so that who gives up is taken out at once, and who came first is found at once. */
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#free = size;
  }

  async enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const called = () => resolve(true);
    const abort = () => resolve(!this.#waiting.delete(called));
    this.#waiting.add(called);
    signal.addEventListener('abort', abort, { once: true });
    const entered = await promise;
    signal.removeEventListener('abort', abort);
    return entered;
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
