import type { Position } from './event-store.port.ts';

const form = /^([a-z0-9][a-z0-9-]{0,35})~([0-9a-z]{1,40})$/;

/** Text that may name a log: short, and sortable beside others as it stands. */
export const logIdForm = /^[a-z0-9][a-z0-9-]{0,35}$/;

/** Of a log: how it is named, and whether it could have printed such a position. */
export interface PositionsOfLog {
  readonly logId: string;
  prints(position: Position): boolean;
}

/** A position of this log, or of any other and any adapter; undefined where the text is none. */
export function parsePosition(own: PositionsOfLog, text: string): Position | undefined {
  if (!form.test(text)) return undefined;
  const position = text as Position;
  return partsOf(position).logId !== own.logId || own.prints(position) ? position : undefined;
}

/** The log that a position is of, and the sortable text of its place there. */
export function partsOf(position: Position): { readonly logId: string; readonly place: string } {
  const separator = position.indexOf('~');
  return { logId: position.slice(0, separator), place: position.slice(separator + 1) };
}
