/** Answers that have no end of their own, or a late one; they end when the server does. */
export class OpenStreams {
  readonly #limit: number;
  readonly #ending = Promise.withResolvers<'ending'>();
  #open = 0;
  #isEnding = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** No further one is begun: each holds a connection and asks the services again and again. */
  get isFull(): boolean {
    return this.#open >= this.#limit || this.#isEnding;
  }

  get open(): number {
    return this.#open;
  }

  /** Counts the stream while it is read. */
  async *hold(stream: AsyncIterable<string>): AsyncGenerator<string> {
    this.#open += 1;
    try {
      yield* stream;
    } finally {
      this.#open -= 1;
    }
  }

  /** What was asked for, or `ending` where the server ends before it comes. */
  orEnding<Value>(asked: Promise<Value>): Promise<Value | 'ending'> {
    return Promise.race([asked, this.#ending.promise]);
  }

  /** Lets every stream end after the piece that it has. */
  end(): void {
    this.#isEnding = true;
    this.#ending.resolve('ending');
  }
}
