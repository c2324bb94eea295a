import type { Position as LogPosition } from '@eventstore/db-client';
import type { Position } from '../../src/event-store.port.ts';
import { partsOf } from '../../src/position.ts';

/** Digits of a number below 2^63 in base 36. */
const width = 13;
const largest = 2n ** 63n - 1n;

/** `<log id>~<commit><prepare>`, each of thirteen digits of base 36: positions of one log compare by code unit. */
export function printPosition(logId: string, { commit, prepare }: LogPosition): Position {
  return `${logId}~${digits(commit)}${digits(prepare)}` as Position;
}

/** The place in this log, or undefined where the position is of another, or of none of this adapter. */
export function placeIn(logId: string, position: Position): LogPosition | undefined {
  const parts = partsOf(position);
  if (parts.logId !== logId || parts.place.length !== 2 * width) return undefined;
  const commit = number(parts.place.slice(0, width));
  const prepare = number(parts.place.slice(width));
  return commit > largest || prepare > largest ? undefined : { commit, prepare };
}

export function comparePlaces(one: LogPosition, other: LogPosition): number {
  if (one.commit !== other.commit) return one.commit < other.commit ? -1 : 1;
  if (one.prepare === other.prepare) return 0;
  return one.prepare < other.prepare ? -1 : 1;
}

function digits(value: bigint): string {
  return value.toString(36).padStart(width, '0');
}

function number(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
