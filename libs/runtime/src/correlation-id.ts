import { timeOrderedUuid } from './ids.ts';

const printable = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/** 1 to 128 printable ASCII characters, no space at either end: nothing that could break a log line or a header. */
export function isCorrelationId(text: string): boolean {
  return printable.test(text);
}

/** The caller's `x-request-id` where it is acceptable, else a fresh one: a bad one is never echoed. */
export function correlationIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && isCorrelationId(header) ? header : timeOrderedUuid();
}
