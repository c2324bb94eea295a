import { createHmac, hash, type KeyObject } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;
/** UTF-16 units of a text that is hashed in place; each takes three bytes at most. */
const longestInPlace = 1_024;

/** The two inputs of the hash, each begun with the key's own block; what follows is filled in for each text. */
interface Blocks {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const blocksOf = new WeakMap<KeyObject, Blocks>();

/**
 * HMAC-SHA256 (RFC 2104) of a text in UTF-8, as two one-shot hashes: half the time of `createHmac`, which makes an
 * object with a life of its own for each call. A `KeyObject` on purpose: its blocks are made once.
 */
export function hmacSha256(key: KeyObject, text: string): Buffer;
export function hmacSha256(key: KeyObject, text: string, encoding: 'base64url'): string;
export function hmacSha256(key: KeyObject, text: string, encoding?: 'base64url'): Buffer | string {
  if (text.length > longestInPlace) {
    const hmac = createHmac('sha256', key).update(text);
    return encoding === undefined ? hmac.digest() : hmac.digest(encoding);
  }
  const { inner, outer } = blocksFor(key);
  const end = blockBytes + inner.write(text, blockBytes);
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockBytes, 'binary');
  // It may have been a password.
  inner.fill(0, blockBytes, end);
  return encoding === undefined ? hash('sha256', outer, 'buffer') : hash('sha256', outer, encoding);
}

function blocksFor(key: KeyObject): Blocks {
  const known = blocksOf.get(key);
  if (known !== undefined) return known;
  const raw = key.export();
  const secret = raw.length > blockBytes ? hash('sha256', raw, 'buffer') : raw;
  const blocks = {
    inner: begin(secret, 0x36, longestInPlace * 3),
    outer: begin(secret, 0x5c, digestBytes),
  };
  blocksOf.set(key, blocks);
  return blocks;
}

function begin(secret: Buffer, pad: number, room: number): Buffer {
  const block = Buffer.alloc(blockBytes + room, 0);
  for (let at = 0; at < blockBytes; at++) block[at] = (secret[at] ?? 0) ^ pad;
  return block;
}
