import { fail, type ReplyError } from '@evident/contracts';
import { everyPerson } from '@evident/evidence';
import type { Log } from '@evident/log';
import type { ParkedStream } from '@evident/read-model';
import type { Clock, Config, Logger } from '@evident/runtime';
import { type Audit, createAudit } from './audit.ts';
import { RowsAtHand } from './rows-at-hand.ts';
import { isFinal, mayChangeAccess } from './waiting-events.ts';

const reason =
  'an event that may change the answer cannot be read by this program; evident projections parked tells which';

/** A question that has no answer: the error that a service would reply with. */
export class AuditRefusal extends Error {
  override readonly name = 'AuditRefusal';
  readonly error: ReplyError;
  constructor(error: ReplyError) {
    super(typeof error.details?.reason === 'string' ? error.details.reason : error.code);
    this.error = error;
  }
}

/** The questions of an auditor, each answered or rejected with `AuditRefusal`. */
export type AuditAnswers = {
  readonly [Name in keyof Audit]: (
    request: Parameters<Audit[Name]>[0],
  ) => Promise<Extract<Awaited<ReturnType<Audit[Name]>>, { found: unknown }>['found']>;
};

export interface AuditAtHandOptions {
  readonly config: Pick<Config, 'tenant' | 'readModel'>;
  readonly log: Log;
  readonly logger: Logger;
  readonly now: Clock;
  /** Told how many events rows were built of, where that was needed. */
  readonly report: (done: number) => void;
}

export interface AuditAtHand {
  readonly answers: AuditAnswers;
  close(): Promise<void>;
}

/**
 * The audit for whoever holds the machine: straight from the stores, as the log stood when it was opened, with all that
 * the keys open. Beside a server or without one. The log stays open.
 */
export async function openAuditAtHand({ config, log, logger, now, report }: AuditAtHandOptions): Promise<AuditAtHand> {
  const head = await log.store.lastPosition();
  const rows =
    head === undefined ? undefined : new RowsAtHand({ readModel: config.readModel, log, head, logger, report });
  const nothing = { get: async () => undefined, getMany: async () => new Map(), find: async () => [] };
  const audit = createAudit({ tenant: config.tenant, log, rows: rows ?? nothing, now });
  const asker = { reader: everyPerson, head, deadline: Number.MAX_SAFE_INTEGER };
  const answering =
    <Request, Value>(
      ask: (request: Request, by: typeof asker) => Promise<{ found: Value } | { error: ReplyError }>,
      mayChange: (request: Request) => (parked: ParkedStream) => boolean = () => () => false,
    ) =>
    async (request: Request): Promise<Value> => {
      const answer = await ask(request, asker);
      const parked = isFinal(answer) ? [] : ((await rows?.parked()) ?? []);
      if (parked.some(mayChange(request))) throw new AuditRefusal(fail('read.parked', { details: { reason } }).error);
      if ('error' in answer) throw new AuditRefusal(answer.error);
      return answer.found;
    };
  return {
    answers: {
      readEvents: answering(audit.readEvents),
      auditEvents: answering(audit.auditEvents),
      auditHistory: answering(audit.auditHistory),
      auditState: answering(audit.auditState),
      auditDiff: answering(audit.auditDiff),
      auditAccess: answering(audit.auditAccess, mayChangeAccess),
      auditSignIns: answering(audit.auditSignIns),
      listSeals: answering(audit.listSeals),
      proveEvent: answering(audit.proveEvent),
    },
    close: async () => rows?.close(),
  };
}
