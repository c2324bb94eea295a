/**
 * Bytes of a base64url text (RFC 4648 section 5, no padding), or undefined where the text is not the one canonical
 * form of any bytes. Node's decoder skips what it does not know and ignores spare bits, so that several texts
 * would otherwise stand for the same bytes: a changed box or key must never read as the original.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
