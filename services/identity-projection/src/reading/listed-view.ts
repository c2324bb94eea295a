import { type Filters, onlyValue } from '@evident/authorization';
import type { Attributes, Reach } from '@evident/caller';
import { type CreationRange, isWithin } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { ReadModelStore, View } from '@evident/read-model';
import { creationBounds } from './creation-bounds.ts';
import { pagesOf } from './pages-of.ts';

type FilterKey = keyof Attributes & string;

/** A view whose rows are listed in the order of their making, each with what it says of itself to filters of scopes. */
export interface ListedView<Row extends JsonObject & { readonly createdAt: number }> {
  readonly view: View<Row>;
  readonly projection: string;
  readonly streamOf: (tenant: string, uid: string) => string;
  readonly attributesOf: (uid: string, row: Row) => Attributes;
  /** Filters whose object is the one row with that uid. */
  readonly keys: readonly FilterKey[];
  /** Filters whose objects are found by a member that has an index before `createdAt`. */
  readonly members: { readonly [Key in FilterKey]?: keyof Row & string };
  /** Key of the row that counts them all. */
  readonly total: string;
}

/** Rows that may be shown, to be looked over one by one: those of one key, of one value of an indexed member, or all. */
export type Range<Row> =
  | { readonly key: string }
  | { readonly member: keyof Row & string; readonly value: string }
  | 'all';

/** Where all that the caller may be shown lies: as narrow as the filters of their scopes let it be found. */
export function rangesOf<Row extends JsonObject & { readonly createdAt: number }>(
  { keys, members }: ListedView<Row>,
  { all, filters }: Extract<Reach, { ok: true }>,
): readonly Range<Row>[] {
  const ranges = all ? ['all' as const] : filters.map((set) => rangeOf<Row>(keys, members, set));
  return ranges.includes('all') ? ['all'] : ranges;
}

function rangeOf<Row>(
  keys: readonly FilterKey[],
  members: { readonly [Key in FilterKey]?: keyof Row & string },
  set: Filters,
): Range<Row> {
  for (const filter of keys) {
    const key = onlyValue(set, filter);
    if (key !== undefined) return { key };
  }
  for (const [filter, member] of Object.entries(members) as [FilterKey, keyof Row & string][]) {
    const value = onlyValue(set, filter);
    if (value !== undefined) return { member, value };
  }
  return 'all';
}

/** Live rows of a range that were made at such a time, in pages. */
export async function* rowsIn<Row extends JsonObject & { readonly createdAt: number }>(
  store: ReadModelStore,
  view: View<Row>,
  range: Range<Row>,
  creation: CreationRange,
): AsyncGenerator<readonly { readonly uid: string; readonly row: Row }[]> {
  if (range !== 'all' && 'key' in range) {
    const row = await store.get(view, range.key);
    yield row === undefined || !isWithin(creation, row.createdAt) ? [] : [{ uid: range.key, row }];
    return;
  }
  const index = range === 'all' ? ['createdAt' as const] : [range.member, 'createdAt' as const];
  const where =
    range === 'all' ? {} : { where: { [range.member]: range.value } as Partial<Record<keyof Row & string, string>> };
  for await (const page of pagesOf(store, view, { index, ...where, ...creationBounds(creation) })) {
    yield page.flatMap(({ key: uid, row }) => (row === undefined ? [] : [{ uid, row }]));
  }
}
