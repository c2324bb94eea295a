const longestToken = 8_192;
const scheme = /^bearer +([^\s]+) *$/i;

/**
 * The token of an `Authorization` header (RFC 6750 section 2.1; the scheme is case-insensitive by RFC 9110 section
 * 11.1). Undefined where there is none of this scheme; `''` where there is one that is no token.
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = scheme.exec(header)?.[1];
  if (token === undefined) return undefined;
  return token.length > longestToken ? '' : token;
}
