import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventStore, Position, StoredEvent } from '@evident/event-store';
import { revisionsUpTo } from '@evident/evidence';
import { type RecordedEventRow, recordedEventsView } from '../projections/recorded-events.projection.ts';
import type { Auditing } from './auditing.ts';
import { known } from './moment.ts';
import type { SearchRange } from './search-range.ts';

/** Events or rows that are read at a time; other requests get their turn between two of them. */
const pageSize = 200;

/** Candidates in the order of a range, page by page. */
export interface Candidates {
  readonly events: readonly StoredEvent[];
  /** How many were looked at for them. */
  readonly examined: number;
  /** The last that was looked at: a search that stops here goes on after it. */
  readonly reached: Position;
}

export type EventSource = AsyncGenerator<Candidates, void>;

/** Everything in the range, for a search that nothing narrows. */
export async function* wholeLog(store: EventStore, { after, upTo, order }: SearchRange): EventSource {
  if (upTo === undefined) return;
  const inRange = ({ position }: StoredEvent) => position <= upTo && (after === undefined || position > after);
  if (order === 'desc') {
    const last = await eventAt(store, upTo);
    if (last !== undefined && inRange(last)) yield { events: [last], examined: 1, reached: last.position };
  }
  let place: Position | undefined = order === 'asc' ? after : upTo;
  for (;;) {
    const page: readonly StoredEvent[] = await known(
      order === 'asc' ? store.readAll(place, pageSize) : store.readAllBackwards(place, pageSize),
    );
    const events = page.filter(inRange);
    const reached = events.at(-1)?.position;
    if (reached !== undefined) yield { events, examined: page.length, reached };
    if (events.length < pageSize) return;
    place = reached;
    await nextTurn();
  }
}

async function eventAt(store: EventStore, position: Position): Promise<StoredEvent | undefined> {
  const before = (await known(store.readAllBackwards(position, 1)))[0]?.position;
  const event = (await known(store.readAll(before, 1)))[0];
  return event?.position === position ? event : undefined;
}

/** The events of one stream that are in the range. */
export async function* oneStream(store: EventStore, stream: string, { after, upTo, order }: SearchRange): EventSource {
  const begin = (await store.readStream(stream, { limit: 1 }))[0]?.revision ?? 0;
  const first = after === undefined ? begin : Math.max(begin, await revisionsUpTo(store, stream, after));
  const end = upTo === undefined ? 0 : await revisionsUpTo(store, stream, upTo);
  for (let done = 0; first + done < end; done += pageSize) {
    const limit = Math.min(pageSize, end - first - done);
    const from = order === 'asc' ? first + done : end - done - limit;
    const found = await store.readStream(stream, { from, limit });
    // A stream that was truncated meanwhile begins later, and as many events reach further.
    const page = found.filter(({ revision }) => revision < from + limit);
    const events = order === 'asc' ? page : page.toReversed();
    const reached = events.at(-1)?.position;
    if (reached !== undefined) yield { events, examined: events.length, reached };
    await nextTurn();
  }
}

/** By what rows are found: a member of theirs with any of these values. */
export interface RowChoice {
  readonly member: 'id' | 'type' | 'actor' | 'correlation' | 'causation' | 'app';
  readonly values: readonly string[];
}

type Row = { readonly position: Position; readonly row: RecordedEventRow };

/** The events whose rows have one of these values and pass the rest of the filter. */
export async function* chosenRows(
  { log, rows }: Pick<Auditing, 'log' | 'rows'>,
  choice: RowChoice,
  { after, upTo, order }: SearchRange,
  passes: (row: RecordedEventRow) => boolean,
): EventSource {
  if (upTo === undefined) return;
  let [low, high]: [Position | undefined, string] = [after, `${upTo}${justAfter}`];
  for (;;) {
    const from = low === undefined ? undefined : `${low}${justAfter}`;
    const found = await Promise.all(
      choice.values.map((value) => findRows(rows, choice.member, value, from, high, order)),
    );
    const merged = found.flat().sort(byPosition(order)).slice(0, pageSize);
    const last = merged.at(-1)?.position;
    if (last === undefined) return;
    const events = await Promise.all(merged.filter(({ row }) => passes(row)).map(({ row }) => eventOf(log.store, row)));
    yield { events: events.flat(), examined: merged.length, reached: last };
    if (merged.length < pageSize) return;
    if (order === 'asc') low = last;
    else high = last;
    await nextTurn();
  }
}

/** Sorts behind a position and before the next: positions of one log are of one length. */
const justAfter = '~';

async function findRows(
  rows: Auditing['rows'],
  member: RowChoice['member'],
  value: string,
  from: string | undefined,
  to: string,
  order: SearchRange['order'],
): Promise<readonly Row[]> {
  const range = { ...(from === undefined ? undefined : { from }), to, order, limit: pageSize };
  const found = await rows.find(recordedEventsView, { index: [member], where: { [member]: value }, ...range });
  return found.flatMap(({ key, row }) => (row === undefined ? [] : [{ position: key as Position, row }]));
}

function byPosition(order: SearchRange['order']) {
  const sign = order === 'asc' ? 1 : -1;
  return (a: Row, b: Row) => (a.position < b.position ? -sign : sign);
}

/** The event that a row is about; none where the log let go of it and the row has yet to go. */
export async function eventOf(
  store: Pick<EventStore, 'readStream'>,
  { stream, revision }: Pick<RecordedEventRow, 'stream' | 'revision'>,
): Promise<readonly StoredEvent[]> {
  const found = await store.readStream(stream, { from: revision, limit: 1 });
  return found.filter((event) => event.revision === revision);
}
