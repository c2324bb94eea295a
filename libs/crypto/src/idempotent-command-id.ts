import type { KeyObject } from 'node:crypto';
import { hmacSha256 } from './text/hmac.ts';
import { uuidOfDigest } from './text/uuid-bytes.ts';

/**
 * The command id of a request that may come again: the same parts under the same key give the same id, and nobody
 * without the key can aim at another caller's id. Each part is counted in, so that moving a character from one part
 * to its neighbour gives another id.
 *
 * @returns a UUID of version 8 (RFC 9562, section 5.8) over HMAC-SHA-256.
 */
export function idempotentCommandId(key: KeyObject, parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part, 'utf8')}:${part}`;
  return uuidOfDigest(hmacSha256(key, text));
}
