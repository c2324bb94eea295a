import { heldLevel, neededLevel } from './level.ts';
import type { ListReach } from './list-reach.ts';
import { type Attributes, filtersMatch, isFilterKey, pathMatches } from './match.ts';
import { ReachMemory } from './reach-memory.ts';
import { parseHead, parsePath, parseScope, type Scope } from './scope.ts';

/** What somebody wants to do. */
export interface Needed {
  readonly action: string;
  /** In full, singular: `sso/user`. */
  readonly resource: string;
  /** Of the object in question; absent where there is none yet, and then no filtered scope helps. */
  readonly attributes?: Attributes;
}

export type Evaluation =
  | { readonly allowed: true }
  /** `missing`: the scope that would have been enough, the same for real and unknown objects. */
  | { readonly allowed: false; readonly missing: string };

/**
 * May the holder of these scopes do this? Any one scope is enough: its level reaches the needed one, its path matches,
 * and all its filters do. Total: a scope that cannot be read gives nothing. Source: api/usso.md ("scope check", "held
 * scopes", "filters").
 */
export function evaluate({ held, needed }: { held: readonly string[]; needed: Needed }): Evaluation {
  const { attributes = {} } = needed;
  const allowed = isReached(reachOfList({ held, needed }), attributes);
  return allowed ? { allowed } : { allowed, missing: nameOf(needed) };
}

const memory = new ReachMemory();

/**
 * As `evaluate` for each object of a list, without the objects: what is shown is what would be allowed one by one.
 * Remembered with the list of scopes that is held, which must never change.
 */
export function reachOfList({
  held,
  needed,
}: {
  held: readonly string[];
  needed: Omit<Needed, 'attributes'>;
}): ListReach {
  return memory.of(held, nameOf(needed), () => findReach(held, needed));
}

function findReach(held: readonly string[], needed: Omit<Needed, 'attributes'>): ListReach {
  const filters = reaching(held, needed).map((scope) => scope.filters);
  if (filters.some(({ size }) => size === 0)) return { reach: 'all' };
  const satisfiable = filters.filter((set) => [...set.keys()].every(isFilterKey));
  if (satisfiable.length === 0) return { reach: 'none', missing: nameOf(needed) };
  return { reach: 'some', filters: satisfiable };
}

/** Does the list show this object? */
export function isReached(list: ListReach, attributes: Attributes): boolean {
  if (list.reach === 'some') return list.filters.some((set) => filtersMatch(set, attributes));
  return list.reach === 'all';
}

function reaching(held: readonly string[], { action, resource }: Omit<Needed, 'attributes'>): readonly Scope[] {
  const level = neededLevel(action);
  const path = parsePath(resource);
  return held.flatMap((text) => {
    // Most are about something else, and what they say beyond that need not be read.
    const head = parseHead(text);
    if (heldLevel(head.action) < level || !pathMatches(head.path, path)) return [];
    const parsed = parseScope(text);
    return parsed.ok ? [parsed.scope] : [];
  });
}

function nameOf({ action, resource }: Omit<Needed, 'attributes'>): string {
  return `${action}:${resource}`;
}
