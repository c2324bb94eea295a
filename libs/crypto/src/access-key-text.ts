import { decodeBase64url } from './text/base64url.ts';
import { uuidFromBytes } from './text/uuid-bytes.ts';

const OPENING = 'usso_sk_';
const UUID_BYTES = 16;
const SECRET_BYTES = 32;
/** Of the identifier alone: the secret begins with the 22nd character after the opening. */
const SHOWN_CHARACTERS = 8;

/**
 * Writes an access key: `usso_sk_` and the base64url of the key's UUID and of its secret, 64 characters without a dot,
 * so that no client takes it for a token. Throws `RangeError` where either part has another length.
 */
export function accessKeyText(uuid: Uint8Array, secret: Uint8Array): string {
  if (uuid.length !== UUID_BYTES || secret.length !== SECRET_BYTES) throw new RangeError('not the parts of a key');
  return `${OPENING}${Buffer.concat([uuid, secret]).toString('base64url')}`;
}

/** What may be shown later, to tell the key from others: part of its identifier and nothing of its secret. */
export function accessKeyPrefix(key: string): string {
  return key.slice(0, OPENING.length + SHOWN_CHARACTERS);
}

/** Tells an access key from a token without reading it: a text of this form is never believed to be anything else. */
export function isAccessKey(text: string): boolean {
  return text.startsWith(OPENING);
}

/**
 * The identifier that an access key names, or undefined where the text has not the form of one. Proves nothing:
 * whether the key is right is decided on its keyed hash.
 */
export function parseAccessKey(text: string): { readonly keyId: string } | undefined {
  if (!isAccessKey(text)) return undefined;
  const bytes = decodeBase64url(text.slice(OPENING.length));
  if (bytes?.length !== UUID_BYTES + SECRET_BYTES) return undefined;
  return { keyId: uuidFromBytes(bytes.subarray(0, UUID_BYTES)) };
}
