import type { Document, Filter, Sort } from 'mongodb';
import { useOfIndex } from '../../src/index-use.ts';
import type { AnyView, RowWrite } from '../../src/read-model.port.ts';
import type { RowQuery } from '../../src/row-query.ts';
import type { RowDocument } from './row-document.ts';
import { indexFields, indexName } from './view-indexes.ts';

export interface Find {
  readonly filter: Filter<RowDocument>;
  readonly sort: Sort;
  readonly skip: number;
  readonly limit: number;
  /** Held to by the server: where the index is missing it refuses rather than scans. */
  readonly hint: string;
}

/** Equality on the first fields of one index, at most one range on the next, and the order of the rest of it. */
export function findByIndex(name: string, indexes: AnyView['indexes'], query: RowQuery): Find {
  const { equal, from, to, descending, skip, limit } = useOfIndex(name, indexes, query);
  const [live = '', ...fields] = indexFields(query.index);
  const filter: Document = { [live]: true };
  equal.forEach((value, place) => {
    filter[fields[place] ?? ''] = value;
  });
  const next = fields[equal.length] ?? '';
  if (from !== undefined || to !== undefined) {
    filter[next] = { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) };
  }
  const direction = descending ? -1 : 1;
  const sort = Object.fromEntries(fields.slice(equal.length).map((field) => [field, direction] as const));
  return { filter, sort, skip, limit, hint: indexName(query.index) };
}

/**
 * The row of this key where the write may replace it: it is behind (see `RowWrite`), and nobody has written it who took
 * the group over after this writer.
 */
export function guardOf({ key, position, late }: RowWrite, turn: number): Filter<RowDocument> {
  const mine = { _id: key, turn: { $lte: turn } };
  const behind = { position: { $lt: position } };
  if (late === undefined) return { ...mine, ...behind };
  return { ...mine, $or: [behind, { position, late: { $ne: late } }] };
}
