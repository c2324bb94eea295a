/**
 * The position of the last write of each caller through this gateway, so that their next reads can demand it. Bounded:
 * who was forgotten has written long ago, and the projection has passed it.
 */
export class WrittenPositions {
  readonly #positions = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Re-inserting keeps the map in order of use, so that its first entry is the least recent one. Of two writes at once
   * the answer of the earlier one may come last: the later one is what is remembered.
   */
  set(subject: string, position: string): void {
    const latest = laterOf(position, this.#positions.get(subject));
    this.#positions.delete(subject);
    this.#positions.set(subject, latest);
    if (this.#positions.size <= this.#capacity) return;
    for (const oldest of this.#positions.keys()) {
      this.#positions.delete(oldest);
      return;
    }
  }

  get(subject: string): string | undefined {
    return this.#positions.get(subject);
  }

  /** Only where it is still that one: a newer write may have come meanwhile. */
  forget(subject: string, position: string): void {
    if (this.#positions.get(subject) === position) this.#positions.delete(subject);
  }
}

/** Positions of one log sort as text (`<log id>~<place>`); between two logs there is no order, and the first one counts. */
export function laterOf(position: string, other: string | undefined): string {
  const log = position.slice(0, position.indexOf('~') + 1);
  return log !== '' && other?.startsWith(log) === true && other > position ? other : position;
}
