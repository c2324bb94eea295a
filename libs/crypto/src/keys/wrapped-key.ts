import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { openBytes, sealBytes } from '../seal-box.ts';

/** Bytes of every symmetric key of Evident. */
export const KEY_BYTES = 32;

/** A new random key of 32 bytes. */
export function generateKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Seals a key under a wrapping key. The context (whose keyring, which key) must be given again to unwrap. */
export function wrapKey(wrapping: KeyObject, raw: Buffer, context: string): string {
  return sealBytes(wrapping, raw, wrapContext(context));
}

/** The key, or undefined where the wrapping key or the context is another one, or the text was changed. */
export function unwrapKey(wrapping: KeyObject, wrapped: string, context: string): Buffer | undefined {
  return openBytes(wrapping, wrapped, wrapContext(context));
}

/**
 * A value that tells whether a key is the one expected, and nothing else about it: HMAC-SHA256 of a constant,
 * first 16 bytes, base64url.
 */
export function checkValue(raw: Buffer): string {
  return createHmac('sha256', raw).update('evident key check value').digest().subarray(0, 16).toString('base64url');
}

/** 32 bytes from base64 or base64url, padded or not, blanks around it ignored; undefined for anything else. */
export function parseConfiguredKey(base64: string): Buffer | undefined {
  const text = base64.trim().replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '');
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === KEY_BYTES && bytes.toString('base64url') === text ? bytes : undefined;
}

/** So that a wrapped key and a sealed text under the same key can never be taken for each other. */
function wrapContext(context: string): string {
  return `key:${context}`;
}
