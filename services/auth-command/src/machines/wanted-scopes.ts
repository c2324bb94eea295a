import { parseScope } from '@evident/authorization';

export type WantedScopes =
  | { readonly ok: true; readonly scopes: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Each scope once, in the order given; refused where one cannot be read. */
export function wantedScopes(given: readonly string[]): WantedScopes {
  const scopes = [...new Set(given)];
  for (const scope of scopes) {
    const parsed = parseScope(scope);
    if (!parsed.ok) return { ok: false, reason: `${scope} ${parsed.reason}` };
  }
  return { ok: true, scopes };
}
