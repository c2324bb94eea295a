import type { IncomingHttpHeaders } from 'node:http';

/**
 * Was this request made by a page of this server? By what the browser says (`Sec-Fetch-Site`, Fetch Metadata), or where
 * it is too old for that by `Origin` (RFC 6454): of PUBLIC_URL, or of the very host that was asked. A request that says
 * neither could be anybody's.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const own = new URL(publicUrl);
  const other = new URL(origin);
  return other.origin === own.origin || (other.protocol === own.protocol && other.host === host?.toLowerCase());
}
