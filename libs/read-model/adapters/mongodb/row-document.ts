import type { Json, JsonObject, Position } from '@evident/event-store';
import type { Document } from 'mongodb';
import type { AnyView, RowWrite, StoredRow } from '../../src/read-model.port.ts';
import { checkKey, indexable, rowText } from '../../src/row-rules.ts';

/** A row as it lies in its collection. */
export interface RowDocument {
  /** The key. */
  readonly _id: string;
  readonly position: Position;
  readonly late?: string;
  /** In which it was written, see `GroupRecord`. */
  readonly turn: number;
  /** False for a tombstone, which has no row. First member of every index. */
  readonly live: boolean;
  readonly row?: Document;
  /** The row as JSON where BSON cannot hold it exactly; `row` then has only what indexes need. */
  readonly exact?: string;
}

/** What BSON, a server or the driver would not give back as it was: names with meaning, text that is no UTF-8. */
const oddName = /^(?:\$.*|_bsontype|__proto__|)$|[.\0]/;

/** Throws `unfit-row` for what cannot be stored. */
export function rowDocument(view: AnyView, { key, row, position, late }: RowWrite): Omit<RowDocument, 'turn'> {
  checkKey(key);
  const place = late === undefined ? { _id: key, position } : { _id: key, position, late };
  if (row === undefined) return { ...place, live: false };
  const text = rowText(row, key);
  const indexed = new Set(view.indexes.flat());
  for (const member of indexed) indexable(row[member], member);
  if (!hasLoneSurrogate(text) && hasPlainNames(row)) return { ...place, live: true, row };
  const needed = [...indexed].filter((member) => row[member] !== undefined && !oddName.test(member));
  const reached = Object.fromEntries(needed.map((member) => [member, row[member]]));
  return { ...place, live: true, row: reached, exact: text };
}

export function storedRow({ _id: key, position, late, row, exact }: Omit<RowDocument, 'turn'>): StoredRow {
  const content = exact === undefined ? (row as JsonObject | undefined) : (JSON.parse(exact) as JsonObject);
  return late === undefined ? { key, row: content, position } : { key, row: content, position, late };
}

/** JSON writes what is no well-formed text as an escape; a row that spells such an escape itself is taken for one. */
function hasLoneSurrogate(text: string): boolean {
  return text.includes('\\ud');
}

function hasPlainNames(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasPlainNames);
  return Object.entries(value).every(([name, member]) => !oddName.test(name) && hasPlainNames(member));
}
