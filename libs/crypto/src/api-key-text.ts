import { decodeBase64url } from './text/base64url.ts';
import { uuidFromBytes } from './text/uuid-bytes.ts';

const FORM = /^ev_([A-Za-z0-9_-]{22})_([A-Za-z0-9_-]{43})$/;

/** Characters of a key that may be shown later, to tell it from others. */
export const API_KEY_PREFIX_LENGTH = 12;

/**
 * The app an API key says it belongs to, or undefined where the text has not the form of a key. Proves nothing:
 * whether the key is right is decided on its keyed hash.
 */
export function parseApiKey(text: string): { readonly appId: string } | undefined {
  const [, app, secret] = FORM.exec(text) ?? [];
  if (app === undefined || secret === undefined) return undefined;
  const bytes = decodeBase64url(app);
  if (bytes === undefined || decodeBase64url(secret) === undefined) return undefined;
  return { appId: uuidFromBytes(bytes) };
}
