/**
 * Lets everything that arrived in one turn of the event loop go on together, once all sockets that had something were
 * read. What the stores ask once in a turn (whether another process has committed) is then asked once for all of them.
 */
export class SharedTurn {
  #coming: Promise<void> | undefined;

  /** Resolves at the end of the present turn, for all that wait for it at the same moment. */
  wait(): Promise<void> {
    this.#coming ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#coming = undefined;
        resolve();
      });
    });
    return this.#coming;
  }
}
