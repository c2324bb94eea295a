import { EventStoreFault, maxAppendBytes } from '@evident/event-store';
import type { Readiness } from '@evident/runtime';

/**
 * Whether the disk has room for the log, as its appends found it. A file that is full may still take a while what fits
 * into room of its own, so the last append counts rather than what is free; and once one failed, what is free, since
 * nobody may write to a service that is not ready.
 */
export class RoomForLog {
  readonly #freeBytes: () => number;
  #wasFull = false;

  constructor(freeBytes: () => number) {
    this.#freeBytes = freeBytes;
  }

  /** How an append ended: with this fault, or without one. */
  heard(fault: unknown): void {
    if (fault === undefined) this.#wasFull = false;
    else if (fault instanceof EventStoreFault && fault.code === 'disk-full') this.#wasFull = true;
  }

  readiness(): Readiness {
    return this.#wasFull && this.#freeBytes() < maxAppendBytes ? { down: 'its disk is full' } : 'ok';
  }
}
