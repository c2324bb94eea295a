import type { StoredRow } from '../../src/read-model.port.ts';

/**
 * Recently used rows as objects, so that a hot row is parsed once. Bounded: two halves, the older one dropped when
 * the younger is full, which keeps what was used lately at the cost of one Map operation for each use.
 */
export class RowCache {
  readonly #half: number;
  #young = new Map<string, StoredRow>();
  #old = new Map<string, StoredRow>();

  constructor(rows: number) {
    this.#half = Math.ceil(rows / 2);
  }

  get(key: string): StoredRow | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.put(old);
    return old;
  }

  put(row: StoredRow): void {
    if (this.#half === 0) return;
    if (this.#young.size >= this.#half && !this.#young.has(row.key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(row.key, row);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
