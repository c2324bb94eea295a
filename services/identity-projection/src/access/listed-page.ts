import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reach } from '@evident/caller';
import { fail } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { StoredRow } from '@evident/read-model';
import { fitMessage } from '../queries/fit-message.ts';
import { readTotal } from '../queries/read-total.ts';
import type { Found, Reading } from '../queries/reading.ts';
import { type ListedView, rangesOf, rowsIn } from './listed-view.ts';

export interface PageWanted<Row> {
  readonly reach: Extract<Reach, { ok: true }>;
  /** What the request asks for beside; undefined: everything. */
  readonly wanted: ((row: Row) => boolean) | undefined;
  readonly skip: number;
  readonly limit: number;
  readonly deadline: number;
}

export interface ListedPage<Item> {
  readonly items: Item[];
  readonly total: number;
}

/**
 * One page, in the order of making, of what the caller may be shown, with the exact total. Who may see all pays for
 * the page alone; otherwise time grows with the rows that the filters of their scopes name, and memory by a few bytes for
 * each. Gives up when nobody waits any more.
 */
export async function listedPage<Row extends JsonObject & { readonly createdAt: number }, Item>(
  reading: Pick<Reading, 'store' | 'directory' | 'tenant' | 'now'>,
  listed: ListedView<Row>,
  page: PageWanted<Row>,
  toItem: (uid: string, row: Row) => Item,
): Promise<Found<ListedPage<Item>>> {
  const { store, directory, tenant } = reading;
  const { view, projection, streamOf, total: totalKey } = listed;
  const { reach, wanted, skip, limit } = page;
  let total: number;
  let rows: readonly StoredRow<Row>[];
  if (reach.all && wanted === undefined) {
    total = await readTotal(reading, [totalKey]);
    rows = await store.find(view, { index: ['createdAt'], skip, limit });
  } else {
    const places = await placesOf(reading, listed, page);
    if ('error' in places) return places;
    total = places.found.length;
    const uids = places.found.slice(skip, skip + limit).map(({ uid }) => uid);
    const joined = await store.getMany(view, uids);
    rows = uids.flatMap((uid) => joined.get(uid) ?? []);
  }
  if (rows.some(({ key }) => directory.isParked(projection, streamOf(tenant, key)))) return fail('read.parked');
  const items = rows.flatMap(({ key, row }) => (row === undefined ? [] : [toItem(key, row)]));
  return { found: { items: [...fitMessage(items)], total } };
}

interface Place {
  readonly uid: string;
  readonly createdAt: number;
}

/** All that is shown, in order, each once. */
async function placesOf<Row extends JsonObject & { readonly createdAt: number }>(
  { store, now }: Pick<Reading, 'store' | 'now'>,
  listed: ListedView<Row>,
  { reach, wanted, deadline }: PageWanted<Row>,
): Promise<Found<readonly Place[]>> {
  const places = new Map<string, Place>();
  for (const range of rangesOf(listed, reach)) {
    for await (const rows of rowsIn(store, listed.view, range)) {
      for (const { uid, row } of rows) {
        const isShown = wanted?.(row) !== false && reach.shows(listed.attributesOf(uid, row));
        if (isShown) places.set(uid, { uid, createdAt: row.createdAt });
      }
      if (now() > deadline) return fail('deadline.passed');
      await nextTurn();
    }
  }
  return { found: [...places.values()].toSorted(byMaking) };
}

function byMaking(one: Place, other: Place): number {
  return one.createdAt - other.createdAt || (one.uid < other.uid ? -1 : 1);
}
