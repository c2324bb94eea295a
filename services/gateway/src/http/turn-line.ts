export interface TurnLineOptions {
  /** How many begin in one turn of the event loop; default 32. */
  readonly perTurn?: number;
  /** How many may wait for a later one; default 4,096. */
  readonly longest?: number;
}

/**
 * Spreads work over turns of the event loop, first come first served. Between two turns sockets are read and written
 * and timers run, so that what is answered outside of the line never waits for more than a turn's work.
 */
export class TurnLine {
  readonly #perTurn: number;
  readonly #longest: number;
  #begun = 0;
  #turnIsComing = false;
  #waiting: (() => void)[] = [];
  /** Of `#waiting`, those before it have begun. */
  #next = 0;

  constructor({ perTurn = 32, longest = 4_096 }: TurnLineOptions = {}) {
    this.#perTurn = perTurn;
    this.#longest = longest;
  }

  get waiting(): number {
    return this.#waiting.length - this.#next;
  }

  /** Calls `begin` at once where this turn has room for it, else in a later one. False where the line is too long. */
  enter(begin: () => void): boolean {
    this.#expectTurn();
    if (this.waiting === 0 && this.#begun < this.#perTurn) {
      this.#begun += 1;
      begin();
      return true;
    }
    if (this.waiting >= this.#longest) return false;
    this.#waiting.push(begin);
    return true;
  }

  #expectTurn(): void {
    if (this.#turnIsComing) return;
    this.#turnIsComing = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#turnIsComing = false;
    this.#begun = Math.min(this.#perTurn, this.waiting);
    const turn = this.#waiting.slice(this.#next, this.#next + this.#begun);
    this.#next += turn.length;
    if (this.waiting > 0 || turn.length > 0) this.#expectTurn();
    if (this.waiting === 0) {
      this.#waiting = [];
      this.#next = 0;
    } else if (this.#next > this.#longest) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    for (const begin of turn) begin();
  }
}
