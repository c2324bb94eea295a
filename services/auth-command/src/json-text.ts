import { canonicalJson, type Json, type JsonObject } from '@evident/event-store';

export type JsonText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** More than this of a client's own making nobody has to carry. */
const mostBytes = 16_384;

/** The canonical text of an object of a client's own making; `reason` says why it is not kept. */
export function jsonText(object: Readonly<Record<string, unknown>>): JsonText {
  // Every contract of this service is of JSON members alone.
  const members = object as JsonObject;
  if (!isLasting(members)) return { ok: false, reason: 'holds a NUL or a lone surrogate' };
  const text = canonicalJson(members);
  return Buffer.byteLength(text) <= mostBytes
    ? { ok: true, text }
    : { ok: false, reason: `must not be longer than ${mostBytes} bytes of JSON` };
}

/** Neither a NUL nor a lone surrogate survives every store; JSON text escapes both, so it does not show them. */
function isLasting(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([name, member]) => isLasting(name) && isLasting(member));
}
