import { fail } from '@evident/contracts';
import { type EventStore, EventStoreFault, type Position, type StoredEvent } from '@evident/event-store';
import { parseTime } from '@evident/runtime';
import { fanOut, levels, momentsView, placeInSpan, spanKey, spanNumber } from '../projections/moments.projection.ts';
import type { Found } from '../reading/reading.ts';
import { type Auditing, badQuery } from './auditing.ts';

/** A place in the log that somebody named: by its position, or by a time. */
export type Moment = { readonly position: Position } | { readonly time: number };

/** Nothing was recorded before the epoch, and the spans of time by which events are found begin there. */
const firstTime = 0;

/**
 * The moment that a member of a request names, if it names one: a printed position, or a time as `parseTime` reads it.
 * `log.changed` for a position of another log.
 */
export function momentIn<Name extends string>(
  store: Pick<EventStore, 'parsePosition' | 'compare'>,
  request: Readonly<Partial<Record<Name, string | undefined>>>,
  name: Name,
): Found<Moment | undefined> {
  const text = request[name];
  if (text === undefined) return { found: undefined };
  const time = parseTime(text);
  if (time !== undefined) return { found: { time } };
  const position = store.parsePosition(text);
  if (position === undefined)
    return badQuery(`${name}: ${JSON.stringify(text)} is neither a position nor a time like 2026-01-25T12:00:00Z.`);
  return typeof store.compare(position, position) === 'number' ? { found: { position } } : fail('log.changed');
}

/**
 * The moment that an answer is about: a position as it was named, a time in UTC, and now where none was named. A time that
 * is still to come is answered with what holds now, and so it is told as now.
 */
export function tellMoment(now: number, moment: Moment | undefined): string {
  if (moment !== undefined && 'position' in moment) return moment.position;
  return new Date(Math.min(moment?.time ?? now, now)).toISOString();
}

/**
 * The last position that counts at a moment: for a time the last one whose running maximum of recorded-at is not
 * later, so that a clock that was ahead hides what came after it, and never shows half of it. Undefined before the
 * first event; `head` for whatever lies ahead.
 */
export async function positionAt(
  auditing: Pick<Auditing, 'log' | 'rows'>,
  moment: Moment,
  head: Position | undefined,
): Promise<Position | undefined> {
  if (head === undefined) return undefined;
  if ('position' in moment) return moment.position < head ? moment.position : head;
  if (moment.time < firstTime) return undefined;
  const later = await firstAfter(auditing.rows, moment.time);
  if (later === undefined || later > head) return head;
  return precedingPosition(auditing.log.store, later);
}

/** The last position before a moment, from which on a range that includes it begins. */
export async function positionBefore(
  auditing: Pick<Auditing, 'log' | 'rows'>,
  moment: Moment,
  head: Position | undefined,
): Promise<Position | undefined> {
  if ('time' in moment) return positionAt(auditing, { time: moment.time - 1 }, head);
  if (head === undefined || moment.position > head) return head;
  return precedingPosition(auditing.log.store, moment.position);
}

async function precedingPosition(store: EventStore, position: Position): Promise<Position | undefined> {
  return (await known(store.readAllBackwards(position, 1)))[0]?.position;
}

/** The first position in the log's order whose event was recorded after a time: by rows alone, no event is read. */
async function firstAfter(rows: Auditing['rows'], time: number): Promise<Position | undefined> {
  const finest = spanKey(0, time);
  const spans = await rows.getMany(momentsView, [finest, ...laterSpans(time)]);
  let earliest: string | undefined;
  const consider = (position: string) => {
    if (earliest === undefined || position < earliest) earliest = position;
  };
  for (const [key, { row }] of spans) {
    if (row === undefined) continue;
    if (key !== finest) consider(row.first);
    else
      for (const [place, first] of Object.entries(row.within ?? {}))
        if (Number(place) > placeInSpan(time)) consider(first);
  }
  return earliest as Position | undefined;
}

/** Every later span in the same coarser one, on each level: together all that was recorded after the finest span. */
function laterSpans(time: number): readonly string[] {
  const keys: string[] = [];
  for (let level = 0; level < levels; level++) {
    const later = fanOut - 1 - (spanNumber(level, time) % fanOut);
    for (let offset = 1; offset <= later; offset++) keys.push(spanKey(level, time, offset));
  }
  return keys;
}

/** Positions here come from the log itself, so that it must have been replaced where it does not know them. */
export async function known(reading: ReturnType<EventStore['readAll']>): Promise<readonly StoredEvent[]> {
  const events = await reading;
  if ('outcome' in events) throw new EventStoreFault('log-changed', 'the log was replaced while it was read');
  return events;
}
