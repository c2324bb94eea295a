import type { Position } from '../../src/event-store.port.ts';

const width = 16;
const printed = /^([a-z0-9][a-z0-9-]{0,35})~([0-9a-z]{1,40})$/;

/** Text that may name a log: short, and sortable beside others as it stands. */
export const logIdForm = /^[a-z0-9][a-z0-9-]{0,35}$/;

/** `<log id>~<sixteen digits>`: positions of one log compare by code unit. */
export function printPosition(logId: string, place: number): Position {
  return `${logId}~${String(place).padStart(width, '0')}` as Position;
}

/** A position of any log, also of one that another adapter kept. */
export function parsePosition(text: string): Position | undefined {
  return printed.test(text) ? (text as Position) : undefined;
}

/** The place in this log, or undefined where the position is of another. */
export function placeIn(logId: string, position: Position): number | undefined {
  const match = printed.exec(position);
  if (match?.[1] !== logId || match[2]?.length !== width) return undefined;
  const place = Number(match[2]);
  return Number.isSafeInteger(place) && place > 0 ? place : undefined;
}
