/** The last positions that were passed, so that a client that repeats one is not made to wait for a question. */
export class RecentPositions {
  readonly #positions = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(position: string): boolean {
    return this.#positions.has(position);
  }

  add(position: string): void {
    this.#positions.add(position);
    if (this.#positions.size <= this.#capacity) return;
    for (const oldest of this.#positions) {
      this.#positions.delete(oldest);
      return;
    }
  }
}
