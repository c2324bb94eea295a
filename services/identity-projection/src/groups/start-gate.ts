import { setTimeout as sleep } from 'node:timers/promises';

/** Shut until something has begun, or is known; may be shut again. */
export class StartGate {
  #opened = Promise.withResolvers<void>();
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  shut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#opened = Promise.withResolvers();
  }

  /**
   * Resolves once it is open, or after so many milliseconds. Undefined where it is open, which is nearly always: every
   * read comes through here, and a timer for each would live for as long as the read might have waited.
   */
  passed(withinMs: number): Promise<void> | undefined {
    return this.#isOpen ? undefined : this.#patience(withinMs);
  }

  async #patience(withinMs: number): Promise<void> {
    const over = new AbortController();
    const late = sleep(withinMs, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
    await Promise.race([this.#opened.promise, late]);
    over.abort();
  }
}
