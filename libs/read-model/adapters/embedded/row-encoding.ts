import type { Json, JsonObject, Position } from '@evident/event-store';
import type { StoredRow } from '../../src/read-model.port.ts';
import { indexable } from '../../src/row-rules.ts';

export type SqlValue = string | number | null;

export function storedRow(key: string, found: Record<string, unknown>): StoredRow {
  const { position, late, row } = found as { position: Position; late: string | null; row: string | null };
  const content = row === null ? undefined : (JSON.parse(row) as JsonObject);
  return late === null ? { key, row: content, position } : { key, row: content, position, late };
}

export function indexedValue(value: Json | undefined, member: string): SqlValue {
  const indexed = indexable(value, member);
  return typeof indexed === 'boolean' ? Number(indexed) : indexed;
}
