import type { Position } from '@evident/event-store';

interface Waiter {
  readonly position: Position;
  readonly settle: (reached: boolean) => void;
}

/** Who waits for which position, woken by the batch that passes it. Positions are of one log. */
export class PositionWaiters {
  /** In order of position. Most wait for the newest, so they join at the end. */
  readonly #waiting: Waiter[] = [];

  get anybody(): boolean {
    return this.#waiting.length > 0;
  }

  /** False where the time (milliseconds) is over, or `release` was called, before the position was passed. */
  wait(position: Position, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), withinMs);
      const settle = (reached: boolean) => {
        clearTimeout(timer);
        if (!reached) this.#leave(waiter);
        resolve(reached);
      };
      const waiter: Waiter = { position, settle };
      this.#waiting.splice(this.#place(position), 0, waiter);
    });
  }

  /** Wakes all that wait for this position or an earlier one. */
  passed(position: Position): void {
    for (const { settle } of this.#waiting.splice(0, this.#place(position))) settle(true);
  }

  /** Ends the wait for what will not come: positions of a log that is gone, or all where the runner has ended. */
  release(isGone: (position: Position) => boolean = () => true): void {
    for (const { position, settle } of [...this.#waiting]) if (isGone(position)) settle(false);
  }

  /** After the last waiter for this position or an earlier one. */
  #place(position: Position): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#waiting[middle];
      if (at !== undefined && at.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #leave(waiter: Waiter): void {
    const place = this.#waiting.indexOf(waiter);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}
