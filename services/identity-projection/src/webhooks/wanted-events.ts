import { matchesTypePattern } from '@evident/evidence';

/** By their text: a pattern may name a type that only a newer program knows. */
export function wants(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matchesTypePattern(pattern, type));
}

/** The patterns that name a type: as many as its name has parts, and `*`. */
function patternsOf(type: string): readonly string[] {
  const family = type.slice(0, type.indexOf('.') + 1);
  return ['*', `${family}*`, type];
}

/** Who wants an event, found by its type: thousands may wait for something else. */
export class WantedEvents<Who> {
  readonly #byPattern = new Map<string, Set<Who>>();

  add(who: Who, patterns: readonly string[]): void {
    for (const pattern of patterns) {
      const wanting = this.#byPattern.get(pattern) ?? new Set();
      this.#byPattern.set(pattern, wanting.add(who));
    }
  }

  remove(who: Who, patterns: readonly string[]): void {
    for (const pattern of patterns) {
      const wanting = this.#byPattern.get(pattern);
      wanting?.delete(who);
      if (wanting?.size === 0) this.#byPattern.delete(pattern);
    }
  }

  /** Somebody with several patterns may be told twice. */
  *of(type: string): Generator<Who> {
    for (const pattern of patternsOf(type)) yield* this.#byPattern.get(pattern) ?? [];
  }
}
