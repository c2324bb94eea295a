import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that is heard of less often than this many events costs more in transactions than it saves. */
const leastEvents = 50;
/** A turn of the event loop that is shorter had nothing to do for anybody else; milliseconds. */
const idleTurnMs = 0.1;

/**
 * How work that nobody waits for shares the event loop with requests: in steps that hold it for some milliseconds, after
 * each of which others may have it for as long. Where nobody else is at work the pause is one turn.
 */
export class Pace {
  readonly #stepMs: number;
  #events = leastEvents;
  #restedAt = threadMs();

  /** So long may a step keep the event loop to itself. */
  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** The batch in steps; each is cut when the one before it is done, by what that cost. */
  *steps<Item>(batch: readonly Item[]): Generator<readonly Item[]> {
    for (let from = 0; from < batch.length; ) {
      const step = batch.slice(from, from + this.#events);
      from += step.length;
      yield step;
    }
  }

  /** After each step, however many events it had. */
  async rest(events: number): Promise<void> {
    const workedMs = threadMs() - this.#restedAt;
    const fitting = (events * this.#stepMs) / Math.max(workedMs, 0.1);
    // By half at a time: one step that was held up by something else says little about the next.
    this.#events = Math.max(leastEvents, Math.round((this.#events + Math.min(fitting, 4 * this.#events)) / 2));
    await giveWay(workedMs);
    this.rested();
  }

  /** Others had the event loop until now, for whatever reason: what they did with it is no work of this. */
  rested(): void {
    this.#restedAt = threadMs();
  }
}

/** Lets others have the event loop for so long, or until they have nothing to do. */
export async function giveWay(forMs: number): Promise<void> {
  const began = performance.now();
  for (let at = began, now = began; now - began <= forMs; at = now) {
    await nextTurn();
    now = performance.now();
    if (now - at < idleTurnMs) return;
  }
}

/** Processor time of this thread: unlike the clock it does not count what waits for a disk, a server or a processor. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
