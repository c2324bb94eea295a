import type { Json, JsonObject, Position } from '@evident/event-store';
import type { StoredRow } from '../../src/read-model.port.ts';
import { indexable } from '../../src/row-rules.ts';

export type SqlValue = string | number | null;

/** What a statement selects of a row, in this order. */
export const rowColumns = 'key, position, late, row';
export type FoundRow = readonly [key: string, position: Position, late: string | null, row: string | null];

export function storedRow([key, position, late, row]: FoundRow): StoredRow {
  const content = row === null ? undefined : (JSON.parse(row) as JsonObject);
  return late === null ? { key, row: content, position } : { key, row: content, position, late };
}

export function indexedValue(value: Json | undefined, member: string): SqlValue {
  const indexed = indexable(value, member);
  return typeof indexed === 'boolean' ? Number(indexed) : indexed;
}
