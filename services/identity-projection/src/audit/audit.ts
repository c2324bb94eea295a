import type {
  auditAccess,
  auditDiff,
  auditEvents,
  auditHistory,
  auditSignIns,
  auditState,
  listSeals,
  MessageContract,
  proveEvent,
  RequestOf,
  readEvents,
  ValueOf,
} from '@evident/contracts';
import type { Found } from '../reading/reading.ts';
import { accessAt } from './access.ts';
import type { Asker, Auditing } from './auditing.ts';
import { inTime } from './in-time.ts';
import { readLog } from './read-events.ts';
import { proofOf, sealsOf } from './seals.ts';
import { searchEvents } from './search-events.ts';
import { signInsIn } from './sign-ins.ts';
import { diffBetween, historyOf, stateAt } from './subject-states.ts';
import { UnfinishedFolds } from './unfinished-folds.ts';

type Question<Contract extends MessageContract> = (
  request: RequestOf<Contract>,
  asker: Asker,
) => Promise<Found<ValueOf<Contract>>>;

/** The questions of an auditor, without a transport and for whomever may ask: a service, or the operator's own command. */
export interface Audit {
  readonly readEvents: Question<typeof readEvents>;
  readonly auditEvents: Question<typeof auditEvents>;
  readonly auditHistory: Question<typeof auditHistory>;
  readonly auditState: Question<typeof auditState>;
  readonly auditDiff: Question<typeof auditDiff>;
  readonly auditAccess: Question<typeof auditAccess>;
  readonly auditSignIns: Question<typeof auditSignIns>;
  readonly listSeals: Question<typeof listSeals>;
  readonly proveEvent: Question<typeof proveEvent>;
}

export function createAudit(auditing: Auditing): Audit {
  const unfinished = new UnfinishedFolds();
  return {
    readEvents: (request, asker) => readLog(auditing, request, asker),
    auditEvents: (request, asker) => searchEvents(auditing, request, asker),
    auditHistory: (request, asker) => inTime(historyOf(auditing, unfinished, request, asker)),
    auditState: (request, asker) => inTime(stateAt(auditing, request, asker)),
    auditDiff: (request, asker) => inTime(diffBetween(auditing, request, asker)),
    auditAccess: (request, asker) => accessAt(auditing, request, asker),
    auditSignIns: (request, asker) => signInsIn(auditing, request, asker),
    listSeals: (request) => sealsOf(auditing, request),
    proveEvent: (request, asker) => inTime(proofOf(auditing, request, asker)),
  };
}
