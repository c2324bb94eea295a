import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { freshNonce, NONCE_BYTES } from './nonce.ts';
import { decodeBase64url } from './text/base64url.ts';

const VERSION = 's1.';
const TAG_BYTES = 16;

/**
 * Seals text: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; `s1.` and base64url of nonce, ciphertext, tag.
 *
 * The associated data is not stored; it must be given again to open, so that a box cannot be moved to another place.
 * One key may seal 2^32 boxes before a repeated nonce becomes likely enough to matter.
 */
export function sealBox(key: KeyObject, plaintext: string, associatedData: string): string {
  return sealBytes(key, Buffer.from(plaintext), associatedData);
}

/** The plaintext, or undefined for anything that `sealBox` did not make with this key and associated data. */
export function openBox(key: KeyObject, box: string, associatedData: string): string | undefined {
  return openBytes(key, box, associatedData)?.toString();
}

/** `sealBox` for bytes. */
export function sealBytes(key: KeyObject, plaintext: Uint8Array, associatedData: string): string {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(VERSION + associatedData));
  const sealed = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return VERSION + sealed.toString('base64url');
}

/** `openBox` for bytes. */
export function openBytes(key: KeyObject, box: string, associatedData: string): Buffer | undefined {
  if (!box.startsWith(VERSION)) return undefined;
  const sealed = decodeBase64url(box.slice(VERSION.length));
  if (sealed === undefined || sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(VERSION + associatedData));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const head = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    return undefined;
  }
}
