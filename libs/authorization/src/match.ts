import { matchesAll } from './glob.ts';
import { type FilterKey, type Filters, filterKeys, type Pattern } from './scope.ts';

/** What an object says of itself, for filters. A list where it has several: whoever is in two workspaces is in each of them. */
export type Attributes = Readonly<Partial<Record<FilterKey, string | readonly string[]>>>;

/**
 * Paths are compared from their last segments on. What the scope does not name is free: `user` matches `sso/user`. A
 * scope longer than the resource matches only where its further segments are all `*`; a constraint is never dropped.
 */
export function pathMatches(scope: readonly Pattern[], resource: readonly Pattern[]): boolean {
  const further = scope.slice(0, Math.max(0, scope.length - resource.length));
  if (!further.every(({ glob }) => matchesAll(glob))) return false;
  return scope.slice(further.length).every((segment, index, compared) => {
    const fromEnd = compared.length - index;
    const asked = resource.at(-fromEnd)?.text ?? '';
    // Whoever asks for any parent asks for none in particular; the last segment is always meant.
    return (asked === '*' && fromEnd > 1) || segment.matches(asked);
  });
}

/** Every filter must match the object's own member; a filter that no object knows matches nothing. */
export function filtersMatch(filters: Filters, attributes: Attributes): boolean {
  return [...filters].every(([key, pattern]) => {
    const values = isFilterKey(key) ? attributes[key] : undefined;
    if (values === undefined) return false;
    return typeof values === 'string' ? pattern.matches(values) : values.some((value) => pattern.matches(value));
  });
}

export function isFilterKey(key: string): key is FilterKey {
  return (filterKeys as readonly string[]).includes(key);
}
