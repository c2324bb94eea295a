import { type FSWatcher, watch } from 'node:fs';

/**
 * Hears from the operating system that a file was written. It is relied upon only while it proves itself: a change
 * that is found without a notice, as on file systems that give none, ends the trust until a notice comes again.
 */
export class WriteNotice {
  readonly #path: string;
  readonly #written: () => void;
  #watcher: FSWatcher | undefined;
  #isClosed = false;
  #reliable = false;
  #noticed = false;
  #unannounced = false;

  constructor(path: string, written: () => void) {
    this.#path = path;
    this.#written = written;
    this.listen();
  }

  get reliable(): boolean {
    return this.#reliable && !this.#isClosed;
  }

  /** Hears nothing until `listen`: meanwhile looking has to do. */
  rest(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  listen(): void {
    if (this.#isClosed || this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(this.#path, { persistent: false }, () => {
        this.#noticed = true;
        this.#written();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      // No such file yet, or no more watches to be had: then looking has to do.
      this.#isClosed = true;
    }
    this.#noticed = false;
    this.#unannounced = false;
  }

  /** To be called with what each look found; a notice may come a moment after the look that it belongs to. */
  looked(changed: boolean): void {
    if (this.#watcher === undefined) return;
    if (this.#noticed) this.#reliable ||= changed || this.#unannounced;
    else if (this.#unannounced) this.#reliable = false;
    this.#unannounced = changed && !this.#noticed;
    this.#noticed = false;
  }

  close(): void {
    this.#isClosed = true;
    this.rest();
  }
}
