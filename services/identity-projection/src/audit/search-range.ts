import type { Position } from '@evident/event-store';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, badQuery } from './auditing.ts';
import { type Moment, momentIn, positionAt, positionBefore } from './moment.ts';

/** Positions that a search looks at: after one, up to and including another. */
export interface SearchRange {
  /** Exclusive; undefined from the beginning. */
  readonly after: Position | undefined;
  /** Inclusive; undefined where nothing is in the range. */
  readonly upTo: Position | undefined;
  readonly order: 'asc' | 'desc';
}

export interface RangeRequest {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly order?: 'asc' | 'desc';
}

/** `from` and `to` are inclusive, `after` (a moment, or the end of an earlier page, in either order) is not. */
export async function searchRange(
  auditing: Auditing,
  request: RangeRequest,
  { head }: Asker,
): Promise<Found<SearchRange>> {
  const { store } = auditing.log;
  const { order = 'asc' } = request;
  const start = momentIn(store, request, 'from');
  if ('error' in start) return start;
  const end = momentIn(store, request, 'to');
  if ('error' in end) return end;
  const beyond = momentIn(store, request, 'after');
  if ('error' in beyond) return beyond;
  const [first, last, place] = [start.found, end.found, beyond.found];
  if (first !== undefined && last !== undefined && (await isTurnedRound(auditing, first, last, head))) {
    return badQuery(`The range ends before it begins: from ${request.from} to ${request.to}.`);
  }
  let low = first === undefined ? undefined : await positionBefore(auditing, first, head);
  let high = last === undefined ? head : await positionAt(auditing, last, head);
  if (place !== undefined) {
    if (order === 'asc') low = later(low, await positionAt(auditing, place, head));
    else high = earlier(high, await positionBefore(auditing, place, head));
  }
  return { found: { after: low, upTo: high, order } };
}

/** Whether the last moment lies before the first: also of two times at which the log holds nothing. */
export async function isTurnedRound(
  auditing: Auditing,
  first: Moment,
  last: Moment,
  head: Position | undefined,
): Promise<boolean> {
  if ('time' in first && 'time' in last) return first.time > last.time;
  if ('position' in first && 'position' in last) return first.position > last.position;
  const [low, high] = [await positionBefore(auditing, first, head), await positionAt(auditing, last, head)];
  return low !== undefined && (high === undefined || low > high);
}

function later(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

/** Undefined, before the first event, is the earliest. */
function earlier(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return undefined;
  return one < other ? one : other;
}
