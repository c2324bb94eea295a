import { TokenRefused } from '../errors.ts';
import type { TokenVerifier, VerifiedToken } from '../verify-token.ts';

export interface Guarding {
  /** Scopes of which the token must have each, as it says them: `read:shop/order`; `*` in a part of a token's scope covers all. */
  readonly scopes?: readonly string[];
}

export type Admission =
  | { readonly admitted: true; readonly token: VerifiedToken }
  | { readonly admitted: false; readonly status: 401 | 403 | 503; readonly message: string };

/** What an adapter does with the header of a request. */
export async function admit(
  verifier: TokenVerifier,
  authorization: string | undefined,
  { scopes = [] }: Guarding,
): Promise<Admission> {
  const [, credential] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  if (credential === undefined) return { admitted: false, status: 401, message: 'Not authenticated' };
  try {
    const token = await verifier.verify(credential);
    const missing = scopes.find((scope) => !token.scopes.some((held) => covers(held, scope)));
    if (missing === undefined) return { admitted: true, token };
    return { admitted: false, status: 403, message: `The scope ${missing} is missing` };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    const status = error.code === 'unavailable' ? 503 : 401;
    return { admitted: false, status, message: error.message };
  }
}

/** `verb:path` with `*` for a whole part: `*:*`, `read:shop/*`. A scope with a filter after `?` covers nothing here. */
function covers(held: string, wanted: string): boolean {
  if (held.includes('?')) return false;
  const [heldVerb, heldPath] = verbAndPath(held);
  const [verb, path] = verbAndPath(wanted);
  if (heldVerb !== '*' && heldVerb !== verb) return false;
  if (heldPath === '*') return true;
  const parts = heldPath.split('/');
  const wantedParts = path.split('/');
  return parts.length === wantedParts.length && parts.every((part, at) => part === '*' || part === wantedParts[at]);
}

/** A colon after the first is part of the path. */
function verbAndPath(scope: string): readonly [verb: string, path: string] {
  const colon = scope.indexOf(':');
  return colon < 0 ? [scope, ''] : [scope.slice(0, colon), scope.slice(colon + 1)];
}
