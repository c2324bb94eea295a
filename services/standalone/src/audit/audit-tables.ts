import type {
  auditAccess,
  auditDiff,
  auditHistory,
  auditSignIns,
  auditState,
  CloudEvent,
  ValueOf,
} from '@evident/contracts';
import { factList, textTable } from '../cli/text-table.ts';
import type { SubjectNames } from './subject-names.ts';

/** Answers as people read them. */
export function eventsTable(events: readonly CloudEvent[]): string {
  if (events.length === 0) return 'Nothing was found.\n';
  return textTable(
    ['time', 'type', 'subject', 'by', 'from', 'position'],
    events.map(({ time, type, subject, actor, onbehalfof, clientip = '', position }) => [
      time,
      type,
      subject,
      onbehalfof === undefined ? actor : `${actor}\nfor ${onbehalfof}`,
      clientip,
      position,
    ]),
  );
}

export function historyTable({ changes }: Pick<ValueOf<typeof auditHistory>, 'changes'>): string {
  return textTable(
    ['time', 'type', 'by', 'changed'],
    changes.map(({ event, before, after }) => [
      event.time,
      event.type,
      event.actor,
      Object.keys({ ...before, ...after })
        .filter((field) => !isNothing(before[field]) || !isNothing(after[field]))
        .map((field) => `${field}: ${shown(before[field])} → ${shown(after[field])}`)
        .join('\n'),
    ]),
  );
}

export function stateFacts({ subject, at, position, exists, state }: ValueOf<typeof auditState>): string {
  const place: [string, string][] = [
    ['subject', subject],
    ['at', at],
    ['position', position ?? 'before the first event'],
    ['exists', exists ? 'yes' : 'no'],
  ];
  return factList([...place, ...Object.entries(state ?? {}).map(([field, value]) => [field, shown(value)] as const)]);
}

export function diffTable({ changes }: ValueOf<typeof auditDiff>): string {
  const rows = Object.entries(changes).map(([field, { before, after }]) => [field, shown(before), shown(after)]);
  return rows.length === 0 ? 'Nothing differs.\n' : textTable(['field', 'before', 'after'], rows);
}

/** `asked`: what the question was about, of which the answer is the other side. */
export function accessTable(
  { access, at, position }: Pick<ValueOf<typeof auditAccess>, 'access' | 'at' | 'position'>,
  asked: 'app' | 'user',
  names: SubjectNames,
): string {
  if (access.length === 0) {
    const whence = position === null ? ', before the first event of this log' : '';
    return `${asked === 'app' ? 'Nobody' : 'Nothing'}, at ${at}${whence}.\n`;
  }
  const called = (subject: string) => (names.has(subject) ? `${names.get(subject)} (${subject})` : subject);
  return textTable(
    ['user', 'app', 'granted', 'by'],
    access.map(({ user, app, grantedBy }) => [called(user), called(app), grantedBy.time, called(grantedBy.actor)]),
  );
}

/** What is left out comes from a server that is too old to tell of it. */
type SignInsAnswer = Pick<ValueOf<typeof auditSignIns>, 'signIns'> &
  Partial<Pick<ValueOf<typeof auditSignIns>, 'expiredBefore'>>;

/** `from`: where the question began; what expired behind it is not told of. */
export function signInsTable({ signIns, expiredBefore = null }: SignInsAnswer, from: string | undefined): string {
  if (expiredBefore === null || Date.parse(from ?? '') >= Date.parse(expiredBefore)) return attemptsTable(signIns);
  const recorded = signIns.length === 0 ? 'No attempt is recorded.\n' : attemptsTable(signIns);
  return `${recorded}\nOf before ${expiredBefore} only the last attempt of each account is kept; the others have expired.\n`;
}

function attemptsTable(signIns: ValueOf<typeof auditSignIns>['signIns']): string {
  if (signIns.length === 0) return 'Nobody tried.\n';
  return textTable(
    ['time', 'outcome', 'reason', 'user', 'app', 'from'],
    signIns.map(({ time, outcome, reason, user, app, clientIp }) => [
      time,
      outcome,
      reason ?? '',
      user ?? 'nobody known',
      app ?? '',
      clientIp ?? '',
    ]),
  );
}

/** What a thing begins with tells a reader nothing. */
function isNothing(value: unknown): boolean {
  return value === undefined || ['null', 'false', '""', '[]', '{}'].includes(JSON.stringify(value));
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
