import type { Reach } from '@evident/caller';
import { type CreationRequest, fail, inOrder } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import { fitMessage } from './fit-message.ts';
import { type ListedView, rangesOf, rowsIn } from './listed-view.ts';
import type { ReachedPage } from './reached-page.ts';
import type { Found, Reading } from './reading.ts';
import { wholePage } from './whole-page.ts';

export interface PageWanted<Row> extends CreationRequest {
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
 * One page, in the order of making, of what the caller may be shown, with the exact total. Who may see all pays as
 * `wholePage` says; otherwise time grows with the rows that the filters of their scopes name, and memory by a few bytes for
 * each. Gives up when nobody waits any more.
 */
export async function listedPage<Row extends JsonObject & { readonly createdAt: number }, Item>(
  reading: Pick<Reading, 'store' | 'directory' | 'tenant' | 'now'>,
  listed: ListedView<Row>,
  page: PageWanted<Row>,
  toItem: (uid: string, row: Row) => Item,
): Promise<Found<ListedPage<Item>>> {
  const { directory, tenant } = reading;
  const { view, projection, streamOf, total: totalKey } = listed;
  const isAll = page.reach.all && page.wanted === undefined;
  const found = await (isAll
    ? wholePage(reading, { view, index: ['createdAt'], totals: [totalKey] }, page)
    : shownPage(reading, listed, page));
  if ('error' in found) return found;
  const { rows, total } = found.found;
  if (rows.some(({ key }) => directory.isParked(projection, streamOf(tenant, key)))) return fail('read.parked');
  const items = rows.flatMap(({ key, row }) => (row === undefined ? [] : [toItem(key, row)]));
  return { found: { items: [...fitMessage(items)], total } };
}

async function shownPage<Row extends JsonObject & { readonly createdAt: number }>(
  reading: Pick<Reading, 'store' | 'now'>,
  listed: ListedView<Row>,
  page: PageWanted<Row>,
): Promise<Found<ReachedPage<Row>>> {
  const places = await placesOf(reading, listed, page);
  if ('error' in places) return places;
  const { skip, limit } = page;
  const uids = places.found.slice(skip, skip + limit).map(({ uid }) => uid);
  const joined = await reading.store.getMany(listed.view, uids);
  return { found: { rows: uids.flatMap((uid) => joined.get(uid) ?? []), total: places.found.length } };
}

interface Place {
  readonly uid: string;
  readonly createdAt: number;
}

/** All that is shown, in order, each once. */
async function placesOf<Row extends JsonObject & { readonly createdAt: number }>(
  { store, now }: Pick<Reading, 'store' | 'now'>,
  listed: ListedView<Row>,
  { reach, wanted, deadline, order, ...creation }: PageWanted<Row>,
): Promise<Found<readonly Place[]>> {
  const places = new Map<string, Place>();
  for (const range of rangesOf(listed, reach)) {
    for await (const rows of rowsIn(store, listed.view, range, creation)) {
      for (const { uid, row } of rows) {
        const isShown = wanted?.(row) !== false && reach.shows(listed.attributesOf(uid, row));
        if (isShown) places.set(uid, { uid, createdAt: row.createdAt });
      }
      if (now() > deadline) return fail('deadline.passed');
    }
  }
  return { found: inOrder([...places.values()], order, byMaking) };
}

export function byMaking(one: Place, other: Place): number {
  return one.createdAt - other.createdAt || (one.uid < other.uid ? -1 : 1);
}
