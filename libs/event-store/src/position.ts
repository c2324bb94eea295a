import type { Position } from './event-store.port.ts';

const form = /^([a-z0-9][a-z0-9-]{0,35})~([0-9a-z]{1,40})$/;

/** Text that may name a log: short, and sortable beside others as it stands. */
export const logIdForm = /^[a-z0-9][a-z0-9-]{0,35}$/;

/** A position of any log and any adapter, or undefined where the text is none. */
export function parsePosition(text: string): Position | undefined {
  return form.test(text) ? (text as Position) : undefined;
}

/** The log that a position is of, and the sortable text of its place there. */
export function partsOf(position: Position): { readonly logId: string; readonly place: string } {
  const separator = position.indexOf('~');
  return { logId: position.slice(0, separator), place: position.slice(separator + 1) };
}
