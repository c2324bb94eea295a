/** No request has longer; a timer could not run for ever. */
const longestMs = 60_000;

/** Attempts that wait for a place, in a line for each key; bounded by the requests that a service works on at once. */
export class WaitingLine {
  readonly #lines = new Map<string, Set<() => void>>();

  /** Waits to be called. False where the time passed first. */
  wait(key: string, milliseconds: number): Promise<boolean> {
    if (milliseconds <= 0) return Promise.resolve(false);
    const line = this.#lines.get(key) ?? new Set();
    this.#lines.set(key, line);
    return new Promise((resolve) => {
      const call = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const giveUp = () => {
        this.#leave(key, call);
        resolve(false);
      };
      const timer = setTimeout(giveUp, Math.min(milliseconds, longestMs));
      line.add(call);
    });
  }

  /** Calls the first of the line. Whoever was called and need not wait again calls the next. */
  callNext(key: string): void {
    const [next] = this.#lines.get(key) ?? [];
    if (next === undefined) return;
    this.#leave(key, next);
    next();
  }

  #leave(key: string, call: () => void): void {
    const line = this.#lines.get(key);
    line?.delete(call);
    if (line?.size === 0) this.#lines.delete(key);
  }
}
