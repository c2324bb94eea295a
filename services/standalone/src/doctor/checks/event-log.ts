import { existsSync } from 'node:fs';
import { type EventStore, EventStoreFault } from '@evident/event-store';
import { checkEmbeddedLog, openEmbeddedEventStore } from '@evident/event-store/embedded';
import { count } from '../../cli/count-text.ts';
import type { ReportProgress } from '../../cli/report-progress.ts';
import { type Finding, Findings, logRemedies, restoreRemedy, sentence } from '../finding.ts';

export interface ExaminedLog {
  readonly findings: readonly Finding[];
  /** Open for reading; the caller closes it. */
  readonly store?: EventStore;
  /** False where something in it is not what was written. */
  readonly whole: boolean;
}

export interface LogToExamine {
  readonly path: string;
  /** True: only its beginning and end are read. */
  readonly quick: boolean;
  readonly report: ReportProgress;
}

/** At most so many problems are told one by one. */
const named = 5;

/** Opens the log and, unless it is to be quick, reads all of it: structure, digests, order, streams. */
export async function checkEventLog({ path, quick, report }: LogToExamine): Promise<ExaminedLog> {
  const findings = new Findings('event log');
  if (!existsSync(path)) {
    findings.fail(
      `There is no event log at ${path}.`,
      'Put it back, or restore the last backup: evident restore <backup> --into <empty folder>.',
    );
    return { findings: findings.list, whole: false };
  }
  let whole = true;
  try {
    if (!quick) {
      const { events, streams, problems } = await checkEmbeddedLog(path, ({ checked, of }) =>
        report('Reading the log', checked, of),
      );
      whole = problems.length === 0;
      for (const problem of problems.slice(0, named)) findings.fail(sentence(problem), restoreRemedy);
      if (problems.length > named) findings.fail(`${problems.length - named} more problems like these.`, restoreRemedy);
      if (whole) findings.ok(`${count(events)} events in ${count(streams)} streams, each as it was written.`);
    }
    const store = await openEmbeddedEventStore({ path, readOnly: true });
    if (quick) findings.ok(`Log ${store.logId} opens; beginning and end are as written (the rest: without --quick).`);
    return { findings: findings.list, store, whole };
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    // What the scan has told in detail need not be told again.
    if (whole) findings.fail(sentence(fault.message), fault.remedy ?? logRemedies[fault.code]);
    return { findings: findings.list, whole: false };
  }
}
