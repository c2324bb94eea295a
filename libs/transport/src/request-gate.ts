/** Counts the requests of a service that are being worked on, bounds them, and waits for the last at the end. */
export class RequestGate {
  readonly #limit: number;
  #inFlight = 0;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** False where the bound is reached; where true, `leave` must follow. */
  enter(): boolean {
    if (this.#inFlight >= this.#limit) return false;
    this.#inFlight += 1;
    return true;
  }

  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#closing?.resolve();
  }

  /** Resolves once nothing is in flight. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    if (this.#inFlight === 0) this.#closing.resolve();
    return this.#closing.promise;
  }
}
