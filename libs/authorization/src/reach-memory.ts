import type { ListReach } from './list-reach.ts';

/** Characters, about: what is read of a scope takes some tens of bytes for each. */
const usualMost = 2_000_000;

/**
 * What lists of scopes reach, for as long as the list itself lives: callers hold the same one from one request to the
 * next, and are asked for the same few things. Nothing bounds how many scopes roles come to, so what is remembered of all
 * lists is bounded together, and forgotten at once where it grows beyond.
 */
export class ReachMemory {
  readonly #most: number;
  #reaches = new WeakMap<readonly string[], Map<string, ListReach>>();
  #kept = 0;

  constructor(most = usualMost) {
    this.#most = most;
  }

  /** In characters of what is remembered. */
  get kept(): number {
    return this.#kept;
  }

  /** `asked` names what is asked for; `find` is called where it was not asked of this list yet. */
  of(held: readonly string[], asked: string, find: () => ListReach): ListReach {
    const known = this.#reaches.get(held)?.get(asked);
    if (known !== undefined) return known;
    const found = find();
    const size = asked.length + sizeOf(found);
    if (this.#kept + size > this.#most) {
      this.#reaches = new WeakMap();
      this.#kept = 0;
    }
    if (size > this.#most) return found;
    this.#kept += size;
    const ofList = this.#reaches.get(held) ?? new Map<string, ListReach>();
    this.#reaches.set(held, ofList.set(asked, found));
    return found;
  }
}

function sizeOf(list: ListReach): number {
  if (list.reach !== 'some') return 0;
  return list.filters.flatMap((set) => [...set]).reduce((size, [key, { text }]) => size + key.length + text.length, 0);
}
