import type { IssuedTokens } from '@evident/contracts';
import { accessCookie } from '../access/credential.ts';
import { basePath } from './base-path.ts';

export const refreshCookie = 'usso-refresh-token';

/** The access token goes to every route, the refresh token only to those that take it. */
const paths = { [accessCookie]: '/', [refreshCookie]: `${basePath}/auth` } as const;
type SessionCookie = keyof typeof paths;

/**
 * Cookies of a session (RFC 6265bis): out of reach of scripts, sent along from other sites only by following a link, and
 * even then they count for nothing here (`isSameOrigin`).
 */
export function sessionCookies(tokens: IssuedTokens, secure: boolean): readonly string[] {
  const { accessToken, expiresIn, refreshToken, refreshExpiresIn } = tokens;
  const access = cookie(accessCookie, accessToken, expiresIn, secure);
  if (refreshToken === null || refreshExpiresIn === null) return [access];
  return [access, cookie(refreshCookie, refreshToken, refreshExpiresIn, secure)];
}

export function clearedCookies(secure: boolean): readonly string[] {
  return [cookie(accessCookie, '', 0, secure), cookie(refreshCookie, '', 0, secure)];
}

function cookie(name: SessionCookie, value: string, maxAgeSeconds: number, secure: boolean): string {
  const attributes = [`Path=${paths[name]}`, `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Lax'];
  return [`${name}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; ');
}
