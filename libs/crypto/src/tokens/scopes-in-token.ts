/** Of the scopes in an agent's token, as JSON: with all else that it says it stays below the 8 KiB that a token may have. */
const mostBytes = 4_096;

/** Undefined where one token can name all these scopes, else why not. */
export function tooLongForToken(scopes: readonly string[]): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(scopes));
  return bytes <= mostBytes ? undefined : `take ${bytes} bytes, and a token has room for ${mostBytes} bytes of scopes`;
}
