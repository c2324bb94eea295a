const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads a time as RFC 3339, in milliseconds since the epoch: a blank in place of the `+`, which a query string makes of
 * it, is forgiven; what is finer than milliseconds is cut off. Undefined for anything else, also for a day that no
 * calendar has.
 */
export function parseTime(text: string): number | undefined {
  const [, seconds, fraction = '', zone] = rfc3339.exec(text.replace(/ (?=\d\d:\d\d$)/, '+')) ?? [];
  if (seconds === undefined || zone === undefined || !isOnCalendar(seconds)) return undefined;
  const time = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}

/** `Date.parse` takes 30 February for 2 March, and 24:00 for the day after. */
function isOnCalendar(seconds: string): boolean {
  const time = Date.parse(`${seconds}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(seconds.toUpperCase());
}
