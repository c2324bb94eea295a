import type { RowQuery } from '../../src/row-query.ts';

/** Longer lists are read each time: they are pages of somebody who turns them, and would push out much. */
const longest = 16;

/**
 * Short lists of rows of one view, or of their keys, by their query, such as the apps of one user, while no row of the
 * view is written. Bounded: begun anew when it is full.
 */
export class FoundLists<Entry> {
  readonly #most: number;
  readonly #lists = new Map<string, readonly Entry[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** By the name of the query. */
  get(name: string): readonly Entry[] | undefined {
    return this.#lists.get(name);
  }

  /** The list, whether it is kept or not. */
  keep(name: string, list: readonly Entry[]): readonly Entry[] {
    if (list.length > longest || this.#most === 0) return list;
    if (this.#lists.size >= this.#most) this.#lists.clear();
    this.#lists.set(name, list);
    return list;
  }

  clear(): void {
    if (this.#lists.size > 0) this.#lists.clear();
  }
}

export function nameOf(query: RowQuery): string {
  return JSON.stringify(query);
}
