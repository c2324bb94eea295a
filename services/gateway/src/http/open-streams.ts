import { Readable } from 'node:stream';

/** How long a reader may take for its last piece while the server ends: one that does not read would hold it up for ever. */
const lastPieceMs = 500;

/** Answers that have no end of their own, or a late one; they end when the server does. */
export class OpenStreams {
  readonly #limit: number;
  /** Of those who wait for an answer: told that the server ends. */
  readonly #waiting = new Set<() => void>();
  readonly #open = new Set<Readable>();
  #isEnding = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** No further one is begun: each holds a connection and asks the services again and again. */
  get isFull(): boolean {
    return this.#open.size >= this.#limit || this.#isEnding;
  }

  get open(): number {
    return this.#open.size;
  }

  /** The stream as it is sent, counted until it is closed; undefined where others took the last place meanwhile. */
  hold(pieces: AsyncIterable<string>): Readable | undefined {
    if (this.isFull) return undefined;
    const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
    this.#open.add(stream);
    return stream.once('close', () => this.#open.delete(stream));
  }

  /**
   * What was asked for, or `ending` where the server ends before it comes. No race against one promise of all: that
   * would hold every answer for as long as the server lives.
   */
  orEnding<Value>(asked: Promise<Value>): Promise<Value | 'ending'> {
    if (this.#isEnding) return Promise.resolve('ending');
    return new Promise((resolve, reject) => {
      const ended = () => resolve('ending');
      this.#waiting.add(ended);
      asked.then(resolve, reject).finally(() => this.#waiting.delete(ended));
    });
  }

  /** Lets every stream end after the piece that it has, and cuts off those whose readers do not take it. */
  end(): void {
    this.#isEnding = true;
    for (const ended of this.#waiting) ended();
    setTimeout(() => {
      for (const stream of this.#open) stream.destroy();
    }, lastPieceMs).unref();
  }
}
