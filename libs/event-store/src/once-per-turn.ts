/**
 * Does a piece of work at most once in each turn: between one piece of input (a packet, a message of a thread, a timer)
 * and the next. All that runs in a turn was caused by what had arrived before it, so what was asked in it once, of
 * another process for instance, need not be asked again: whoever could know of a later answer has not been heard yet.
 */
export class OncePerTurn {
  readonly #work: () => void;
  readonly #end = () => {
    this.#done = false;
  };
  #done = false;

  constructor(work: () => void) {
    this.#work = work;
  }

  do(): void {
    if (this.#done) return;
    this.#work();
    this.#done = true;
    // Runs when the promises of this turn are settled, and before Node takes the next input.
    process.nextTick(this.#end);
  }

  /** The next `do` works again: something was heard meanwhile. */
  forget(): void {
    this.#done = false;
  }
}
