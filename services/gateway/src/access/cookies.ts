/**
 * A cookie of a `Cookie` header (RFC 6265 section 5.4), as it stands there. Of two of one name the first counts: it is
 * the one of the longer path.
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const cut = pair.indexOf('=');
    if (cut >= 0 && pair.slice(0, cut).trim() === name) return pair.slice(cut + 1).trim();
  }
  return undefined;
}
