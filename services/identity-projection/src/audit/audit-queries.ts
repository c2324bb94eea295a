import { type Caller, type CallerCheck, permit, reachOf } from '@evident/caller';
import {
  type auditAccess,
  type auditDiff,
  type auditEvents,
  type auditHistory,
  type auditSignIns,
  type auditState,
  fail,
  type listSeals,
  type MessageContract,
  type proveEvent,
  type Reply,
  type RequestContext,
  type RequestOf,
  type readEvents,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import type { Position } from '@evident/event-store';
import { parseSubject, type Reader } from '@evident/evidence';
import type { ParkedStream } from '@evident/read-model';
import { parseTime } from '@evident/runtime';
import type { MessageHandler } from '@evident/transport';
import { awaitPosition, notYet, waitFor } from '../reading/await-position.ts';
import type { Progress } from '../reading/progress.ts';
import type { Found } from '../reading/reading.ts';
import type { Audit } from './audit.ts';
import type { Asker, Auditing } from './auditing.ts';
import { isFinal, mayChangeAccess } from './waiting-events.ts';

/** What each message of an auditor is answered with. */
export interface AuditQueries {
  readonly readEvents: MessageHandler<typeof readEvents>;
  readonly auditEvents: MessageHandler<typeof auditEvents>;
  readonly auditHistory: MessageHandler<typeof auditHistory>;
  readonly auditState: MessageHandler<typeof auditState>;
  readonly auditDiff: MessageHandler<typeof auditDiff>;
  readonly auditAccess: MessageHandler<typeof auditAccess>;
  readonly auditSignIns: MessageHandler<typeof auditSignIns>;
  readonly listSeals: MessageHandler<typeof listSeals>;
  readonly proveEvent: MessageHandler<typeof proveEvent>;
}

export interface Guarding extends Auditing {
  readonly callers: CallerCheck;
  /** Of the views of the group `evidence`. */
  readonly evidence: Progress;
}

type Ask<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  asker: Asker,
) => Promise<Found<ValueOf<Contract>>>;

/** The audit for callers who hold the scope, each of whom sees of people what they may read. */
export function createAuditQueries(guarding: Guarding, audit: Audit): AuditQueries {
  const { tenant, log, callers, evidence, now } = guarding;

  /** Rows are not asked before they include all that the log held when the question came. */
  const upToDate = async (context: RequestContext): Promise<Found<Position | undefined>> => {
    const late = await awaitPosition({ progress: evidence, events: log.store, now }, context);
    if (late !== undefined) return { error: late };
    const head = await log.store.lastPosition();
    const reached = head === undefined ? 'reached' : await evidence.reached(head, waitFor(context.deadline, now));
    if (reached === 'reached') return { found: head };
    if (reached === 'not-yet') return { error: notYet(evidence.position()) };
    return fail(reached === 'log-changed' ? 'log.changed' : 'service.unavailable', { retryAfterSeconds: 1 });
  };

  /** What needs no rows is read from the log's leader, where all is that was acknowledged: nothing has to be waited for. */
  const headOf = async ({ minPosition }: RequestContext): Promise<Found<Position | undefined>> => {
    const head = await log.store.lastPosition();
    if (minPosition === undefined) return { found: head };
    const demanded = log.store.parsePosition(minPosition);
    if (demanded === undefined) return fail('log.unknown-position');
    if (typeof log.store.compare(demanded, demanded) !== 'number') return fail('log.changed');
    return head === undefined || head < demanded ? { error: notYet(head) } : { found: head };
  };

  function guarded<Contract extends MessageContract>(
    scope: string,
    ask: Ask<Contract>,
    needsRows: (request: RequestOf<Contract>) => boolean,
    mayChange: (request: RequestOf<Contract>) => (parked: ParkedStream) => boolean = () => () => false,
  ) {
    return async (request: RequestOf<Contract>, context: RequestContext): Promise<Reply<ValueOf<Contract>>> => {
      const checked = await callers.check(context.credential);
      if (!checked.ok) return checked;
      const refusal = permit(checked.caller, scope);
      if (refusal !== undefined) return { ok: false, error: refusal };
      const current = await (needsRows(request) ? upToDate(context) : headOf(context));
      if ('error' in current) return { ok: false, error: current.error };
      const asker = { reader: readerOf(checked.caller), head: current.found, deadline: context.deadline };
      // Looked at before the rows are: what is applied meanwhile may not be in the answer.
      const parked = evidence.parked();
      const answer = await ask(request, asker);
      if (!isFinal(answer) && parked.some(mayChange(request))) return fail('read.parked');
      if ('error' in answer) return { ok: false, error: answer.error };
      return succeed(answer.found, current.found);
    };
  }

  const always = () => true;
  const never = () => false;
  const isFoundByRows = (text: string) => {
    const subject = parseSubject(tenant, text);
    return subject !== undefined && subject.stream === undefined;
  };
  // A position is found on the log itself; a time by rows, which would place it behind what they do not hold yet.
  const isTime = (moment: string | undefined) => moment !== undefined && parseTime(moment) !== undefined;
  const scope = 'read:evident/audit';
  return {
    readEvents: guarded<typeof readEvents>('read:evident/events', audit.readEvents, ({ after }) => isTime(after)),
    auditEvents: guarded<typeof auditEvents>(scope, audit.auditEvents, always),
    auditHistory: guarded<typeof auditHistory>(scope, audit.auditHistory, ({ subject }) => isFoundByRows(subject)),
    auditState: guarded<typeof auditState>(scope, audit.auditState, always),
    auditDiff: guarded<typeof auditDiff>(scope, audit.auditDiff, always),
    auditAccess: guarded<typeof auditAccess>(scope, audit.auditAccess, always, mayChangeAccess),
    auditSignIns: guarded<typeof auditSignIns>(scope, audit.auditSignIns, always),
    listSeals: guarded<typeof listSeals>(scope, audit.listSeals, never),
    proveEvent: guarded<typeof proveEvent>(scope, audit.proveEvent, always),
  };
}

/** Personal data is shown to those who may read the person, and to the person. */
function readerOf(caller: Caller): Reader {
  const reach = reachOf(caller, 'read:sso/user');
  const known = new Map<string, boolean>();
  const mayRead = (person: string) => {
    let may = known.get(person);
    if (may === undefined) {
      may = person === caller.holder.id || (reach.ok && (reach.all || reach.shows({ uid: person, user_id: person })));
      known.set(person, may);
    }
    return may;
  };
  return { mayRead, mayReadClient: mayRead };
}
