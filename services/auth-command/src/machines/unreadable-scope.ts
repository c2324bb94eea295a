import { parseScope } from '@evident/authorization';

/** What is wrong with the first of these scopes that cannot be read; undefined where all can. */
export function unreadableScope(scopes: readonly string[]): string | undefined {
  for (const scope of scopes) {
    const parsed = parseScope(scope);
    if (!parsed.ok) return `${scope} ${parsed.reason}`;
  }
  return undefined;
}
