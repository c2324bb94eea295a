import type { JsonObject } from '@evident/event-store';

/** What an index can hold: a member that is absent counts as null. One member holds one kind, null aside. */
export type IndexedValue = string | number | boolean | null;

/**
 * Equality on leading members of one declared index, then at most one range or prefix on the member after them.
 *
 * Rows come in index order and, where the index does not tell them apart, by key: the key is the last member of
 * every index. The empty index `[]` is always there and is the key alone, so that edges (`<user>|<app>`) can be
 * found by the beginning of their key. Null sorts first and lies in no range; text sorts by code point.
 * A query that no declared index serves is a `misuse` fault, never a scan.
 */
export interface RowQuery<Row extends JsonObject = JsonObject> {
  /** One of the view's indexes, member by member, or `[]`. */
  readonly index: readonly (keyof Row & string)[];
  /** Must name the first members of the index, none left out between them. */
  readonly where?: Readonly<Partial<Record<keyof Row & string, IndexedValue>>>;
  /** Text that the first member not named in `where` (the key where all are) begins with; case as it was stored. */
  readonly startsWith?: string;
  /** On the same member, inclusive. */
  readonly from?: string | number;
  /** On the same member, exclusive. */
  readonly to?: string | number;
  readonly order?: 'asc' | 'desc';
  /** Rows passed over first; the cost grows with it, so deep pages belong to `from`. */
  readonly skip?: number;
  readonly limit: number;
}
