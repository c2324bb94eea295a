import type { IdentifierPolicy } from './events.ts';

export interface Erasure {
  readonly identifiers: IdentifierPolicy;
  readonly completed: boolean;
}

interface Placed {
  readonly erasure: Erasure;
  /** How many were asked for before it. */
  readonly place: number;
}

/** A power of two. Of 100,000 erasures a hundred are in each. */
const parts = 1_024;

/** Erasures by user, in the order in which they were asked for. Never changed: an event copies one small part of it. */
export class ErasuresByUser {
  static readonly none = new ErasuresByUser(
    Array.from({ length: parts }, () => new Map()),
    0,
  );

  readonly #parts: readonly ReadonlyMap<string, Placed>[];
  readonly size: number;

  private constructor(all: readonly ReadonlyMap<string, Placed>[], size: number) {
    this.#parts = all;
    this.size = size;
  }

  get(userId: string): Erasure | undefined {
    return this.#placed(userId)?.erasure;
  }

  with(userId: string, erasure: Erasure): ErasuresByUser {
    const present = this.#placed(userId);
    const size = present === undefined ? this.size + 1 : this.size;
    const part = new Map(this.#parts[partOf(userId)]);
    part.set(userId, { erasure, place: present?.place ?? this.size });
    return new ErasuresByUser(this.#parts.with(partOf(userId), part), size);
  }

  *[Symbol.iterator](): Generator<readonly [string, Erasure]> {
    const all = this.#parts.flatMap((part) => [...part]);
    for (const [userId, { erasure }] of all.sort(([, one], [, other]) => one.place - other.place))
      yield [userId, erasure];
  }

  #placed(userId: string): Placed | undefined {
    return this.#parts[partOf(userId)]?.get(userId);
  }
}

/** By the end of the id: ids begin with the time. */
function partOf(userId: string): number {
  return (Number.parseInt(userId.slice(-3), 16) || 0) & (parts - 1);
}
