import { createHmac, type KeyObject } from 'node:crypto';

/**
 * HMAC-SHA256 over parts, each preceded by its length, so that no two lists of parts give the same input.
 * The key is a `KeyObject` on purpose: importing raw bytes for each call costs five times as much.
 */
export function macOf(key: KeyObject, ...parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(joined(parts)).digest();
}

function joined(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}
