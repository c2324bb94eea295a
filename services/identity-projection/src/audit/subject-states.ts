import {
  type auditDiff,
  type auditHistory,
  type auditState,
  fail,
  type RequestOf,
  type ValueOf,
} from '@evident/contracts';
import type { Position } from '@evident/event-store';
import {
  aggregateOf,
  changesBetween,
  cloudEventOf,
  type FoldedAggregate,
  type FoldedSoFar,
  foldStream,
  type ShownState,
  stateOf,
} from '@evident/evidence';
import { mostBytes } from '../queries/fit-message.ts';
import type { Found } from '../queries/reading.ts';
import { type Asker, type Auditing, badQuery } from './auditing.ts';
import { findSubject } from './find-subject.ts';
import { turnsOf } from './in-time.ts';
import { parseMoment, positionAt } from './moment.ts';
import { isTurnedRound } from './search-range.ts';
import type { UnfinishedFolds } from './unfinished-folds.ts';

interface FoldableSubject {
  readonly text: string;
  readonly aggregate: FoldedAggregate;
  readonly stream: string;
}

/** What a subject was at a moment, folded from its events up to there by the `evolve` that decides. */
export async function stateAt(
  auditing: Auditing,
  request: RequestOf<typeof auditState>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditState>>> {
  const subject = await foldable(auditing, request.subject);
  if ('error' in subject) return subject;
  const place = await placeOf(auditing, request.at, asker);
  if ('error' in place) return place;
  const state = await shownAt(auditing, subject.found, place.found, asker);
  return {
    found: {
      subject: subject.found.text,
      at: request.at ?? new Date(auditing.now()).toISOString(),
      position: place.found ?? null,
      exists: state !== null,
      state,
    },
  };
}

/** The state at two moments, and the fields that differ: from before the first event, and up to now, where left out. */
export async function diffBetween(
  auditing: Auditing,
  request: RequestOf<typeof auditDiff>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditDiff>>> {
  const subject = await foldable(auditing, request.subject);
  if ('error' in subject) return subject;
  const from = request.from === undefined ? { found: undefined } : await placeOf(auditing, request.from, asker);
  if ('error' in from) return from;
  const to = await placeOf(auditing, request.to, asker);
  if ('error' in to) return to;
  if (await endsBeforeItBegins(auditing, request, asker)) {
    return badQuery(`The range ends before it begins: from ${request.from} to ${request.to}.`);
  }
  const [before, after] = await Promise.all([
    shownAt(auditing, subject.found, from.found, asker),
    shownAt(auditing, subject.found, to.found, asker),
  ]);
  return { found: { before, after, changes: changesBetween(before, after) } };
}

async function endsBeforeItBegins(
  auditing: Auditing,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  { head }: Asker,
): Promise<boolean> {
  if (from === undefined || to === undefined) return false;
  const [first, last] = [parseMoment(auditing.log.store, from), parseMoment(auditing.log.store, to)];
  return 'found' in first && 'found' in last && isTurnedRound(auditing, first.found, last.found, head);
}

/** Every event about a subject with what it changed; `after` says where the page before ended. */
export async function historyOf(
  auditing: Auditing,
  unfinished: UnfinishedFolds,
  { subject: asked, after }: RequestOf<typeof auditHistory>,
  asker: Asker,
): Promise<Found<ValueOf<typeof auditHistory>>> {
  const subject = await foldable(auditing, asked);
  if ('error' in subject) return subject;
  const { text, stream } = subject.found;
  const done = after === undefined ? {} : unfinished.take(stream, after);
  if (done === undefined) return badQuery(`after: ${JSON.stringify(after)} is no end of a page.`);
  const changes: ValueOf<typeof auditHistory>['changes'] = [];
  let bytes = 0;
  let reached: FoldedSoFar | undefined;
  const { reader, head: upTo } = asker;
  const fold = { log: auditing.log, reader, ...subject.found, upTo, betweenPages: turnsOf(auditing, asker) };
  for await (const step of foldStream({ ...fold, ...done })) {
    const changed = Object.entries(changesBetween(step.before, step.after));
    const change = {
      event: await cloudEventOf(step.event, reader),
      before: step.before === null ? {} : Object.fromEntries(changed.map(([field, { before }]) => [field, before])),
      after: step.after === null ? {} : Object.fromEntries(changed.map(([field, each]) => [field, each.after])),
    };
    bytes += Buffer.byteLength(JSON.stringify(change)) + 1;
    if (reached !== undefined && bytes > mostBytes) {
      return { found: { subject: text, changes, next: unfinished.keep(stream, reached) } };
    }
    changes.push(change);
    ({ reached } = step);
  }
  return { found: { subject: text, changes, next: null } };
}

async function foldable(auditing: Auditing, asked: string): Promise<Found<FoldableSubject>> {
  const subject = await findSubject(auditing, asked);
  if ('error' in subject) return subject;
  const { text, category, stream } = subject.found;
  const aggregate = aggregateOf(category);
  return aggregate === undefined ? fail('audit.unknown-subject') : { found: { text, aggregate, stream } };
}

async function placeOf(
  auditing: Auditing,
  at: string | undefined,
  { head }: Asker,
): Promise<Found<Position | undefined>> {
  if (at === undefined) return { found: head };
  const moment = parseMoment(auditing.log.store, at);
  return 'error' in moment ? moment : { found: await positionAt(auditing, moment.found, head) };
}

async function shownAt(
  auditing: Auditing,
  subject: FoldableSubject,
  upTo: Position | undefined,
  asker: Asker,
): Promise<ShownState> {
  if (upTo === undefined) return null;
  const betweenPages = turnsOf(auditing, asker);
  return (await stateOf({ log: auditing.log, reader: asker.reader, ...subject, upTo, betweenPages }))?.state ?? null;
}
