const longestToken = 8_192;
const scheme = /^bearer +/i;

/**
 * The token of an `Authorization` header (RFC 6750 section 2.1; the scheme is case-insensitive by RFC 9110 section
 * 11.1). Undefined where there is none of this scheme; `''` where there is one that is no token.
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const begun = scheme.exec(header)?.[0].length;
  if (begun === undefined) return undefined;
  let end = header.length;
  while (header[end - 1] === ' ') end -= 1;
  const token = header.slice(begun, end);
  // Fields hold no other white space (RFC 9110 section 5.5); two searches are quicker than an expression over a long token.
  if (token === '' || token.includes(' ') || token.includes('\t')) return undefined;
  return token.length > longestToken ? '' : token;
}
