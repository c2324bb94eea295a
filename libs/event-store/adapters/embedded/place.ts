import type { Position } from '../../src/event-store.port.ts';
import { partsOf } from '../../src/position.ts';

/** Digits of a printed place: enough for every integer that JavaScript holds exactly. */
const width = 16;

/** `<log id>~<sixteen digits>`: positions of one log compare by code unit. */
export function printPosition(logId: string, place: number): Position {
  return `${logId}~${String(place).padStart(width, '0')}` as Position;
}

/** The place of a position that this adapter printed. */
export function placeAt(position: Position): number {
  return Number(position.slice(-width));
}

/** The place in this log, or undefined where the position is of another. */
export function placeIn(logId: string, position: Position): number | undefined {
  const parts = partsOf(position);
  if (parts.logId !== logId || parts.place.length !== width) return undefined;
  const place = Number(parts.place);
  return Number.isSafeInteger(place) && place > 0 ? place : undefined;
}
