import { type Effort, globCovers, matchesAll } from './glob.ts';
import { heldLevel, isKnownVerb, neededLevel } from './level.ts';
import { parseScope, type Scope } from './scope.ts';

/** What one question may compare: some tens of milliseconds. Four hundred everyday scopes on either side take a fifth. */
const usualEffort = 1_000_000;

/**
 * Does the child reach anything that the parent does not? Where it cannot be told, and where either cannot be read,
 * the answer is yes.
 */
export function isWider(child: string, parent: string): boolean {
  return uncovered([child], [parent]).length > 0;
}

/**
 * Of these scopes, those that none of the others covers alone, in their order. Each scope is read once. Whoever asks
 * may have written all of them, so what they have compared is counted: once the effort is spent, what was not seen to
 * be covered by then is not.
 */
export function uncovered(
  children: readonly string[],
  parents: readonly string[],
  effort: Effort = { left: usualEffort },
): readonly string[] {
  return children.filter(coverage(parents, effort));
}

export type Delegation =
  | { readonly allowed: true }
  /** `missing`: the first wanted scope that no held one covers. */
  | { readonly allowed: false; readonly missing: string };

/**
 * May the holder of these scopes hand on the wanted ones (an API key, an agent, a role, an assignment)? Each must be
 * covered by one that is held. `superadmin` is nobody's to give.
 */
export function delegable({ held, wanted }: { held: readonly string[]; wanted: readonly string[] }): Delegation {
  const isUncovered = coverage(held, { left: usualEffort });
  const missing = wanted.find((scope) => isSuper(scope) || isUncovered(scope));
  return missing === undefined ? { allowed: true } : { allowed: false, missing };
}

/** Tells of one scope after the other whether none of the parents covers it. */
function coverage(parents: readonly string[], effort: Effort): (child: string) => boolean {
  const texts = new Set(parents);
  // The short ones cover most and cost least: what they cover needs no other.
  const wide = [...texts].toSorted((one, other) => one.length - other.length).flatMap(read);
  return (text) => {
    const [child] = read(text);
    if (child === undefined) return true;
    return !texts.has(text) && !wide.some((parent) => covers(parent, child, effort));
  };
}

function read(text: string): readonly Scope[] {
  const parsed = parseScope(text);
  return parsed.ok ? [parsed.scope] : [];
}

/** Where the effort is spent nothing is covered any more. */
function covers(parent: Scope, child: Scope, effort: Effort): boolean {
  if (effort.left <= 0) return false;
  effort.left -= 1;
  return levelCovers(parent.action, child.action) && filtersCover(parent, child) && pathCovers(parent, child, effort);
}

/** A verb of another service's own counts as read when held here, but there it may mean more: only manage hands it on. */
function levelCovers(parent: string, child: string): boolean {
  if (parent === child) return true;
  return heldLevel(parent) >= (isKnownVerb(child) ? heldLevel(child) : neededLevel(child));
}

/** Each of the parent's segments covers the child's at the same place from the end; where the child names none, any is meant. */
function pathCovers(parent: Scope, child: Scope, effort: Effort): boolean {
  return parent.path.every((pattern, index) => {
    const place = child.path.length - parent.path.length + index;
    const named = child.path[place];
    if (named === undefined) return matchesAll(pattern.glob);
    return pattern.text === named.text || (!pattern.isLiteral && globCovers(pattern.glob, named.glob, effort));
  });
}

/** Filters are compared as text: a pattern covers only itself. */
function filtersCover(parent: Scope, child: Scope): boolean {
  return [...parent.filters].every(([key, { text }]) => child.filters.get(key)?.text === text);
}

function isSuper(text: string): boolean {
  return read(text)[0]?.action === 'superadmin';
}
