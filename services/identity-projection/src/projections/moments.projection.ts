import { eventRegistry } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
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

export const momentsProjection: Projection<MomentRow> = {
  name: 'moments',
  view: momentsView,
  types: typesOf(eventRegistry.definitions),
  keys: ({ stored }) => Array.from({ length: levels }, (_, level) => spanKey(level, stored.recordedAt)),
  evolve(row, { stored }, key) {
    const { position, recordedAt } = stored;
    if (key !== spanKey(0, recordedAt)) return row ?? { first: position };
    const place = placeInSpan(recordedAt);
    if (row?.within?.[place] !== undefined) return row;
    return { first: row?.first ?? position, within: { ...row?.within, [place]: position } };
  },
};
