import { globCovers, matchesAll } from './glob.ts';
import { heldLevel, isKnownVerb, neededLevel } from './level.ts';
import { parseScope, type Scope } from './scope.ts';

/**
 * Does the child reach anything that the parent does not? Where it cannot be told, and where either cannot be read,
 * the answer is yes.
 */
export function isWider(child: string, parent: string): boolean {
  const narrow = parseScope(child);
  const wide = parseScope(parent);
  return !(narrow.ok && wide.ok && covers(wide.scope, narrow.scope));
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
  const missing = wanted.find((child) => isSuper(child) || !held.some((parent) => !isWider(child, parent)));
  return missing === undefined ? { allowed: true } : { allowed: false, missing };
}

function covers(parent: Scope, child: Scope): boolean {
  return levelCovers(parent.action, child.action) && pathCovers(parent, child) && filtersCover(parent, child);
}

/** A verb of another service's own counts as read when held here, but there it may mean more: only manage hands it on. */
function levelCovers(parent: string, child: string): boolean {
  if (parent === child) return true;
  return heldLevel(parent) >= (isKnownVerb(child) ? heldLevel(child) : neededLevel(child));
}

/** Each of the parent's segments covers the child's at the same place from the end; where the child names none, any is meant. */
function pathCovers(parent: Scope, child: Scope): boolean {
  return parent.path.every(({ glob }, index) => {
    const place = child.path.length - parent.path.length + index;
    const named = child.path[place];
    return named === undefined ? matchesAll(glob) : globCovers(glob, named.glob);
  });
}

/** Filters are compared as text: a pattern covers only itself. */
function filtersCover(parent: Scope, child: Scope): boolean {
  return [...parent.filters].every(([key, value]) => child.filters.get(key) === value);
}

function isSuper(scope: string): boolean {
  const parsed = parseScope(scope);
  return parsed.ok && parsed.scope.action === 'superadmin';
}
