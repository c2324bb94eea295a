import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCodeName } from '@evident/contracts';
import { isAccessKey, parseAccessKey } from '@evident/crypto/verify';
import { bearerToken } from './bearer-token.ts';
import { cookieOf } from './cookies.ts';
import { isSameOrigin } from './same-origin.ts';

export const accessCookie = 'usso-access-token';

/** What a caller shows: a token, checked here and by the services; an API key, which only the log can judge. */
export type Credential =
  | { readonly kind: 'token' | 'api-key'; readonly text: string }
  | { readonly kind: 'none'; readonly code: ErrorCodeName };

/**
 * The credential of a request, in the order that the SDKs use: a Bearer token, else the cookie of a same-origin request,
 * else `x-api-key`. A Bearer that begins like an API key is one. What stands first counts alone: a bad token is not made
 * good by a key behind it.
 */
export function credentialOf(headers: IncomingHttpHeaders, publicUrl: string): Credential {
  const bearer = bearerToken(headers.authorization);
  if (bearer !== undefined) return { kind: isAccessKey(bearer) ? 'api-key' : 'token', text: bearer };
  const cookie = cookieOf(headers.cookie, accessCookie);
  const hasCookie = cookie !== undefined && cookie !== '';
  if (hasCookie && isSameOrigin(headers, publicUrl)) return { kind: 'token', text: cookie };
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return { kind: 'api-key', text: key };
  return { kind: 'none', code: hasCookie ? 'caller.foreign-origin' : 'caller.not-authenticated' };
}

/** `apikey:<uuid>` of a key, which its text names (the key itself is judged by the services); undefined where it is none. */
export function subjectOfApiKey(text: string): string | undefined {
  const named = parseAccessKey(text);
  return named && `apikey:${named.keyId}`;
}
