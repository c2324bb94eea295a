import type { Position } from '@evident/event-store';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, badQuery } from './auditing.ts';
import { type Moment, parseMoment, positionAt, positionBefore } from './moment.ts';

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
  { from, to, after, order = 'asc' }: RangeRequest,
  { head }: Asker,
): Promise<Found<SearchRange>> {
  const { store } = auditing.log;
  const start = from === undefined ? undefined : parseMoment(store, from);
  const end = to === undefined ? undefined : parseMoment(store, to);
  const beyond = after === undefined ? undefined : parseMoment(store, after);
  for (const moment of [start, end, beyond]) if (moment !== undefined && 'error' in moment) return moment;
  const [first, last, place] = [foundIn(start), foundIn(end), foundIn(beyond)];
  if (first !== undefined && last !== undefined && (await isTurnedRound(auditing, first, last, head))) {
    return badQuery(`The range ends before it begins: from ${from} to ${to}.`);
  }
  let low = first === undefined ? undefined : await positionBefore(auditing, first, head);
  let high = last === undefined ? head : await positionAt(auditing, last, head);
  if (place !== undefined) {
    if (order === 'asc') low = later(low, await positionAt(auditing, place, head));
    else high = earlier(high, await positionBefore(auditing, place, head));
  }
  return { found: { after: low, upTo: high, order } };
}

function foundIn(moment: Found<Moment> | undefined): Moment | undefined {
  return moment !== undefined && 'found' in moment ? moment.found : undefined;
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
