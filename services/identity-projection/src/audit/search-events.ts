import type { auditEvents, RequestOf, ValueOf } from '@evident/contracts';
import type { Position, StoredEvent } from '@evident/event-store';
import { canonicalSubject, parseSubject, typePatterns, type WantedTypes } from '@evident/evidence';
import type { RecordedEventRow } from '../projections/recorded-events.projection.ts';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, badQuery, noSuchType } from './auditing.ts';
import { EventPage } from './event-page.ts';
import { chosenRows, type EventSource, oneStream, wholeLog } from './event-source.ts';
import { findSubject } from './find-subject.ts';
import { type SearchRange, searchRange } from './search-range.ts';

/** Looked at for one answer: where a filter matches little, a page may be short and not the last. */
const mostExamined = 5_000;

type Request = Omit<RequestOf<typeof auditEvents>, 'limit'>;

/** Events by subject, actor, type, correlation, causation and time, in the log's order or against it. */
export async function searchEvents(
  auditing: Auditing,
  { limit, actor, ...others }: RequestOf<typeof auditEvents>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditEvents>>> {
  const request = actor === undefined ? others : { ...others, actor: canonicalSubject(actor) };
  const range = await searchRange(auditing, request, asker);
  if ('error' in range) return range;
  const search = await planSearch(auditing, request, range.found);
  if ('error' in search) return search;
  const page = new EventPage(auditing, asker, limit);
  let examined = 0;
  for await (const candidates of search.found.source) {
    const matching = candidates.events.filter(search.found.matches);
    const added = await page.add(matching);
    if (added < matching.length) {
      const last = added === 0 ? page.events.at(-1)?.position : matching[added - 1]?.position;
      return { found: { events: page.events, next: last ?? null } };
    }
    examined += candidates.examined;
    if (page.events.length === limit || examined >= mostExamined) {
      return { found: { events: page.events, next: nextAfter(candidates.reached, range.found) } };
    }
  }
  return { found: { events: page.events, next: null } };
}

/** Null where the range ends there. */
function nextAfter(reached: Position, { upTo, order }: SearchRange): Position | null {
  return order === 'asc' && reached === upTo ? null : reached;
}

interface Search {
  readonly source: EventSource;
  readonly matches: (event: StoredEvent) => boolean;
}

/** Takes what narrows most: one stream, else a row's correlation, causation, actor or type, else the whole range. */
async function planSearch(auditing: Auditing, request: Request, range: SearchRange): Promise<Found<Search>> {
  const { actor, correlation, causation } = request;
  const types = typePatterns(request.types);
  if ('unknown' in types) return noSuchType(types.unknown);
  // Nobody acts under such a name: an empty answer would read as if they had done nothing.
  if (actor !== undefined && actor !== 'system' && parseSubject(auditing.tenant, actor) === undefined)
    return badQuery(`${JSON.stringify(actor)} is no actor, like user:<uuid> or system.`);
  const matches = ({ type, metadata }: StoredEvent) =>
    types.matches(type) &&
    (actor === undefined || metadata.actor === actor) &&
    (correlation === undefined || metadata.correlationId === correlation) &&
    (causation === undefined || metadata.causationId === causation);
  const { store } = auditing.log;
  if (request.subject !== undefined) {
    const subject = await findSubject(auditing, request.subject);
    if ('error' in subject) return subject;
    return { found: { source: oneStream(store, subject.found.stream, range), matches } };
  }
  const choice = chooseRows(request, types);
  if (choice === undefined) return { found: { source: wholeLog(store, range), matches } };
  return { found: { source: chosenRows(auditing, choice, range, rowMatches(request, types)), matches } };
}

function chooseRows({ actor, correlation, causation }: Request, types: WantedTypes) {
  if (correlation !== undefined) return { member: 'correlation', values: [correlation] } as const;
  if (causation !== undefined) return { member: 'causation', values: [causation] } as const;
  if (actor !== undefined) return { member: 'actor', values: [actor] } as const;
  return types.all ? undefined : ({ member: 'type', values: types.types } as const);
}

/** What a row can rule out already, so that its event is not read. */
function rowMatches({ actor, correlation, causation }: Request, types: WantedTypes) {
  return (row: RecordedEventRow) =>
    types.matches(row.type) &&
    (actor === undefined || row.actor === actor) &&
    (correlation === undefined || row.correlation === correlation) &&
    (causation === undefined || row.causation === causation);
}
