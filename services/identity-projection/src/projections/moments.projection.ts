import { type Expiry, eventRegistry, signInExpired } from '@evident/domain';
import type { ProjectedEvent, Projection, View } from '@evident/read-model';
import { expiredHere } from './expired-attempts.ts';
import { typesOf } from './projected.ts';

/**
 * The position of the first event, in the log's order, that was recorded in a span of time; and in each millisecond of
 * one of the finest, by its place in the span: so that no event is read, however many came in one span.
 */
export type MomentRow = { readonly first: string; readonly within?: Readonly<Record<string, string>> };

export const momentsView: View<MomentRow> = { name: 'moments', version: 2, indexes: [] };

/**
 * Spans of time as a tree: the finest hold 64 ms, each coarser one 64 of the finer, the coarsest about two years. The
 * first event after a moment is then the earliest of the first events of the at most 63 later spans of each level
 * that lie in the same coarser one, whatever clocks did: a look-up that does not grow with the log.
 */
export const fanOut = 64;
export const levels = 6;

/** Key of the span of a level that holds this time, or of one that many spans later. */
export function spanKey(level: number, recordedAt: number, later = 0): string {
  return `${level}|${spanNumber(level, recordedAt) + later}`;
}

/** Number of a span among those of its level. */
export function spanNumber(level: number, recordedAt: number): number {
  return Math.floor(recordedAt / fanOut ** (level + 1));
}

/** Which millisecond of its finest span a time is, from 0. */
export function placeInSpan(recordedAt: number): number {
  return recordedAt % fanOut;
}

/** Where and when something was recorded. */
interface Place {
  readonly position: string;
  readonly recordedAt: number;
}

/**
 * What was recorded stays in these rows when the log lets go of it, so that they do not change: an expiry tells when and
 * where, and rows that are built of what is left become the same.
 */
export const momentsProjection: Projection<MomentRow> = {
  name: 'moments',
  view: momentsView,
  types: typesOf(eventRegistry.definitions),
  decodesOnly: typesOf([signInExpired]),
  keys: ({ stored, type, data }) =>
    type === signInExpired.type ? [...keysOf(stored), ...expiredByKey(data as Expiry, stored).keys()] : keysOf(stored),
  evolve(row, { stored, type, data }, key) {
    const expired = type === signInExpired.type ? expiredByKey(data as Expiry, stored).get(key) : undefined;
    const before = expired === undefined ? row : expired.reduce((each, at) => withPlace(each, at, key), row);
    const isOwn = type !== signInExpired.type || keysOf(stored).includes(key);
    return isOwn ? withPlace(before, stored, key) : before;
  },
};

function keysOf({ recordedAt }: Pick<Place, 'recordedAt'>): string[] {
  return Array.from({ length: levels }, (_, level) => spanKey(level, recordedAt));
}

function withPlace(row: MomentRow | undefined, { position, recordedAt }: Place, key: string): MomentRow {
  const first = row === undefined || position < row.first ? position : row.first;
  if (key !== spanKey(0, recordedAt)) return row?.first === first ? row : { first };
  const place = placeInSpan(recordedAt);
  const present = row?.within?.[place];
  if (row !== undefined && present !== undefined && present <= position) return row;
  return { first, within: { ...row?.within, [place]: position } };
}

/** Made once for an expiry, which is asked about key by key. */
const byKey = new WeakMap<Expiry, ReadonlyMap<string, readonly Place[]>>();

function expiredByKey(expiry: Expiry, stored: ProjectedEvent['stored']): ReadonlyMap<string, readonly Place[]> {
  const made = byKey.get(expiry);
  if (made !== undefined) return made;
  const places = new Map<string, Place[]>();
  for (const place of expiredHere(expiry, stored)) {
    for (const key of keysOf(place)) {
      const present = places.get(key);
      if (present === undefined) places.set(key, [place]);
      else present.push(place);
    }
  }
  byKey.set(expiry, places);
  return places;
}
