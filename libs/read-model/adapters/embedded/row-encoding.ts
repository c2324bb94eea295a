import type { Json, JsonObject, Position } from '@evident/event-store';
import type { StoredRow } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';

/** What every adapter takes: the largest document of a MongoDB-wire server is 16 MiB. */
const largestRow = 8 * 1024 * 1024;
const longestKey = 1024;

export type SqlValue = string | number | null;

export function storedRow(key: string, found: Record<string, unknown>): StoredRow {
  const { position, late, row } = found as { position: Position; late: string | null; row: string | null };
  const content = row === null ? undefined : (JSON.parse(row) as JsonObject);
  return late === null ? { key, row: content, position } : { key, row: content, position, late };
}

/** Throws `unfit-row` for what is no JSON object, or too large. */
export function rowText(row: JsonObject, key: string): string {
  try {
    const text = JSON.stringify(row);
    if (text.startsWith('{') && text.length <= largestRow) return text;
    throw new Error(`${text.length} characters beginning with ${text.slice(0, 1)}`);
  } catch (error) {
    const message = `row ${JSON.stringify(key)} is no JSON object of at most ${largestRow} characters`;
    throw new ReadModelFault('unfit-row', message, { cause: error });
  }
}

export function indexedValue(value: Json | undefined, member: string): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'object') return value;
  throw new ReadModelFault('unfit-row', `the indexed member ${member} holds an object`);
}

/** Text that is not well-formed has no UTF-8, so two such keys could become one. */
export function checkKey(key: string): void {
  if (typeof key === 'string' && key.length <= longestKey && key.isWellFormed()) return;
  throw new ReadModelFault('unfit-row', `not a key: ${JSON.stringify(key).slice(0, 80)}`);
}
