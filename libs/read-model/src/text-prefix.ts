/**
 * The first text, by code point, after all that begin with `prefix`; undefined where there is none (nothing, or only
 * the highest code point). Together they make "begins with" a range that an index serves.
 */
export function textAfterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Surrogates are no characters: the successor of the last one before them is the first one after them.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
