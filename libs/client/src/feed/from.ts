/** `new`, `start`, a time, or a position after which to begin. */
export type From = 'new' | 'start' | Date | string;

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * `new`, `start`, a position, or a time written as those of events are, so that they compare as text. Throws a
 * `TypeError` where it is none of them.
 */
export function readFrom(from: From): string {
  if (typeof from === 'string' && (from === 'new' || from === 'start' || isPosition(from))) return from;
  const isTime = typeof from !== 'string' || rfc3339.test(from);
  const time = new Date(from);
  if (isTime && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new TypeError(`from: ${String(from)} is neither new, start, a position nor a time like 2026-01-25T12:00:00Z`);
}

export function isPosition(from: string): boolean {
  return from.includes('~');
}
