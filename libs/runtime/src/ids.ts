import { randomUUID } from 'node:crypto';

/** A random UUID, version 4. */
export function randomUuid(): string {
  return randomUUID();
}

/**
 * A UUID that begins with the time in milliseconds (version 7, RFC 9562 section 5.7), for what is kept under it: ids made
 * one after the other lie beside each other in an index. It tells when it was made, and is no easier to guess for it
 * than the 74 random bits after that.
 */
export function timeOrderedUuid(now: number = Date.now()): string {
  if (now !== latest.now) latest = { now, prefix: prefixOf(now) };
  return latest.prefix + randomUUID().slice(15);
}

/** Of the millisecond for which an id was last made: a busy server makes many in one. */
let latest = { now: 0, prefix: prefixOf(0) };

function prefixOf(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7`;
}
