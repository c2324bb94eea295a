import type { Json, JsonObject } from '@evident/event-store';
import { ReadModelFault } from './read-model-fault.ts';

/** What every adapter takes, in characters of JSON: the largest document of a MongoDB server is 16 MiB. */
const largestRow = 8 * 1024 * 1024;
const longestKey = 1024;

/** Text that is not well-formed has no UTF-8, so two such keys could become one. Throws `unfit-row`. */
export function checkKey(key: string): void {
  if (typeof key === 'string' && key.length <= longestKey && key.isWellFormed()) return;
  throw new ReadModelFault('unfit-row', `not a key: ${JSON.stringify(key).slice(0, 80)}`);
}

/** The row as JSON. Throws `unfit-row` for what is no JSON object, or too large. */
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

/** Throws `unfit-row` for what no index can hold. */
export function indexable(value: Json | undefined, member: string): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return value;
  throw new ReadModelFault('unfit-row', `the indexed member ${member} holds an object`);
}
