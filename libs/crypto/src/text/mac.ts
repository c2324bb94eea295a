import type { KeyObject } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

/** HMAC-SHA256 over parts, each preceded by its length, so that no two lists of parts give the same input. */
export function macOf(key: KeyObject, ...parts: readonly string[]): Buffer {
  return hmacSha256(key, joined(parts));
}

/** The same in 43 characters of base64url. */
export function macText(key: KeyObject, ...parts: readonly string[]): string {
  return hmacSha256(key, joined(parts), 'base64url');
}

function joined(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}
