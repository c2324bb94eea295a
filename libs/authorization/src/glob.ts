/** One step of a shell pattern: `*`, `?`, a bracket expression (`[a-z]`, `[!x]`), or a character that stands for itself. */
export type GlobToken =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly text: string; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: 'char'; readonly char: string };
type Range = readonly [from: string, to: string];
export type Glob = readonly GlobToken[];

/** Any text is a pattern: a bracket that is never closed stands for itself. Case counts. */
export function parseGlob(pattern: string): Glob {
  const chars = [...pattern];
  const tokens: GlobToken[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    const end = char === '[' ? closingBracket(chars, at) : -1;
    if (end > 0) {
      tokens.push(bracket(chars.slice(at + 1, end)));
      at = end;
    } else if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else {
      tokens.push(char === '?' ? { kind: 'any' } : { kind: 'char', char });
    }
  }
  return tokens;
}

/** A `]` right behind the opening (or behind `[!`) is a member, as in the shell. */
function closingBracket(chars: readonly string[], open: number): number {
  const first = chars[open + 1] === '!' ? open + 2 : open + 1;
  return chars.indexOf(']', first + 1);
}

function bracket(members: readonly string[]): GlobToken {
  const negated = members[0] === '!';
  const ranges: Range[] = [];
  for (let at = negated ? 1 : 0; at < members.length; at++) {
    const from = members[at] ?? '';
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([from, isRange ? (members[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return { kind: 'class', text: members.join(''), negated, ranges };
}

/** True where the pattern matches every text. */
export function matchesAll(glob: Glob): boolean {
  return glob.length === 1 && glob[0]?.kind === 'star';
}

/** The one text that a pattern matches; undefined where it matches several, or none. */
export function onlyMatch(glob: Glob): string | undefined {
  const chars = glob.map(onlyChar);
  return chars.every((char) => char !== undefined) ? chars.join('') : undefined;
}

function onlyChar(token: GlobToken): string | undefined {
  if (token.kind === 'char') return token.char;
  if (token.kind !== 'class' || token.negated) return undefined;
  const [range, another] = token.ranges;
  return range !== undefined && another === undefined && range[0] === range[1] ? range[0] : undefined;
}

export function globMatches(glob: Glob, text: string): boolean {
  return consume(glob, [...text], (token, char) => token.kind === 'any' || holds(token, char));
}

/** How much may still be compared: one for each look at a piece of a pattern. Patterns that share it share the work. */
export interface Effort {
  left: number;
}

/**
 * True only where everything that `narrow` matches is matched by `wide` too: the pieces of the narrow pattern are
 * consumed as if they were text. Some true inclusions between bracket expressions are not seen, and none once the
 * effort is spent; none is invented.
 */
export function globCovers(wide: Glob, narrow: Glob, effort: Effort): boolean {
  return consume(
    wide,
    narrow,
    (token, piece) => {
      if (piece.kind === 'star') return false;
      if (token.kind === 'any') return true;
      if (piece.kind === 'char') return holds(token, piece.char);
      return piece.kind === 'class' && token.kind === 'class' && token.text === piece.text;
    },
    effort,
  );
}

function holds(token: GlobToken, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind !== 'class') return false;
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
}

/** Only the last star is ever gone back to, so the time is the product of the lengths at most. */
function consume<Piece>(
  glob: Glob,
  pieces: readonly Piece[],
  one: (token: GlobToken, piece: Piece) => boolean,
  effort: Effort = { left: Number.MAX_SAFE_INTEGER },
): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (next < pieces.length) {
    if (effort.left <= 0) return false;
    effort.left -= 1;
    const token = glob[at];
    const piece = pieces[next] as Piece;
    if (token?.kind === 'star') {
      star = at++;
      resume = next;
    } else if (token !== undefined && one(token, piece)) {
      at++;
      next++;
    } else if (star >= 0) {
      at = star + 1;
      next = ++resume;
    } else {
      return false;
    }
  }
  while (glob[at]?.kind === 'star') at++;
  return at === glob.length;
}
