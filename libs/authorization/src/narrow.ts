import { onlyMatch } from './glob.ts';
import { type FilterKey, type Filters, parseScope, type Scope } from './scope.ts';

/**
 * The scope as far as it reaches objects whose `key` is `value`; undefined where it reaches none, and where it cannot
 * be read. Never wider than the scope given.
 */
export function narrow(scope: string, key: FilterKey, value: string): string | undefined {
  const parsed = parseScope(scope);
  if (!parsed.ok) return undefined;
  const pattern = parsed.scope.filters.get(key);
  if (pattern !== undefined && !pattern.matches(value)) return undefined;
  const texts = [...parsed.scope.filters].map(([each, { text }]) => [each, text] as const);
  return write(parsed.scope, new Map(texts).set(key, literal(value)));
}

/**
 * The one value that this filter of a scope lets through, so that objects can be found by it; undefined where there is
 * no such filter, or where it is a pattern.
 */
export function onlyValue(filters: Filters, key: FilterKey): string | undefined {
  const pattern = filters.get(key);
  return pattern === undefined ? undefined : onlyMatch(pattern.glob);
}

/** A value that stands for itself alone, whatever of it would be a pattern. */
function literal(value: string): string {
  return value.replace(/[*?[]/g, '[$&]');
}

function write({ action, path }: Scope, filters: ReadonlyMap<string, string>): string {
  const query = [...filters].map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  return `${action}:${path.map(({ text }) => text).join('/')}?${query}`;
}
