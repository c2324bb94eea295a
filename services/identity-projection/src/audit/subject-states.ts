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
import { mostBytes } from '../reading/fit-message.ts';
import type { Found } from '../reading/reading.ts';
import { type Asker, type Auditing, badQuery } from './auditing.ts';
import { findSubject } from './find-subject.ts';
import { turnsOf } from './in-time.ts';
import { type Moment, momentIn, positionAt, tellMoment } from './moment.ts';
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
  const moment = momentIn(auditing.log.store, request, 'at');
  if ('error' in moment) return moment;
  const position = await placeOf(auditing, moment.found, asker);
  const state = await shownAt(auditing, subject.found, position, asker);
  return {
    found: {
      subject: subject.found.text,
      at: tellMoment(auditing.now(), moment.found),
      position: position ?? null,
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
  const from = momentIn(auditing.log.store, request, 'from');
  if ('error' in from) return from;
  const to = momentIn(auditing.log.store, request, 'to');
  if ('error' in to) return to;
  const [first, last] = [from.found, to.found];
  if (first !== undefined && last !== undefined && (await isTurnedRound(auditing, first, last, asker.head))) {
    return badQuery(`The range ends before it begins: from ${request.from} to ${request.to}.`);
  }
  const [before, after] = await Promise.all([
    first === undefined ? null : shownAt(auditing, subject.found, await placeOf(auditing, first, asker), asker),
    shownAt(auditing, subject.found, await placeOf(auditing, last, asker), asker),
  ]);
  return { found: { before, after, changes: changesBetween(before, after) } };
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

/** The end of the log where no moment was named. */
async function placeOf(auditing: Auditing, moment: Moment | undefined, { head }: Asker): Promise<Position | undefined> {
  return moment === undefined ? head : positionAt(auditing, moment, head);
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
