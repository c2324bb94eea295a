import { globMatches, onlyMatch, parseGlob } from './glob.ts';
import { type FilterKey, parseScope, type Scope } from './scope.ts';

/**
 * The scope as far as it reaches objects whose `key` is `value`; undefined where it reaches none, and where it cannot
 * be read. Never wider than the scope given.
 */
export function narrow(scope: string, key: FilterKey, value: string): string | undefined {
  const parsed = parseScope(scope);
  if (!parsed.ok) return undefined;
  const pattern = parsed.scope.filters.get(key);
  if (pattern !== undefined && !globMatches(parseGlob(pattern), value)) return undefined;
  return write(parsed.scope, new Map(parsed.scope.filters).set(key, literal(value)));
}

/**
 * The one value that this filter of a scope lets through, so that objects can be found by it; undefined where there is
 * no such filter, or where it is a pattern.
 */
export function onlyValue(filters: ReadonlyMap<string, string>, key: FilterKey): string | undefined {
  const pattern = filters.get(key);
  return pattern === undefined ? undefined : onlyMatch(parseGlob(pattern));
}

/** A value that stands for itself alone, whatever of it would be a pattern. */
function literal(value: string): string {
  return value.replace(/[*?[]/g, '[$&]');
}

function write({ action, path }: Scope, filters: Scope['filters']): string {
  const query = [...filters].map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  return `${action}:${path.map(({ text }) => text).join('/')}?${query}`;
}
