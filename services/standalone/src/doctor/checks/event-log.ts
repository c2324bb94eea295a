import { existsSync } from 'node:fs';
import { type EventStore, EventStoreFault } from '@evident/event-store';
import { checkEmbeddedLog, openEmbeddedEventStore } from '@evident/event-store/embedded';
import { count } from '../../stores/count-text.ts';
import type { ReportProgress } from '../../stores/report-progress.ts';
import { type Finding, Findings } from '../finding.ts';

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

const restore =
  'Stop the server, keep the file, and restore the last backup: evident restore <backup> --into <empty folder>.';
const remedies: Readonly<Record<EventStoreFault['code'], string>> = {
  damaged: restore,
  unavailable: 'Check that the path is right and that this user may read and write there.',
  misuse:
    'Correct DATA_DIR or EVENT_STORE_URL so that it names the log of this deployment, or install the version that wrote it.',
  'disk-full': 'Make room on the disk.',
  'log-changed': 'Run evident doctor again: the log was replaced meanwhile.',
  'too-large': restore,
  closed: 'Run evident doctor again.',
};

/** Opens the log and, unless it is to be quick, reads all of it: structure, digests, order, streams. */
export async function checkEventLog({ path, quick, report }: LogToExamine): Promise<ExaminedLog> {
  const findings = new Findings('event log');
  if (!existsSync(path)) {
    findings.fail(
      `There is no event log at ${path}.`,
      `Put it back, or ${restore.slice('Stop the server, keep the file, and '.length)}`,
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
      for (const problem of problems.slice(0, named)) findings.fail(`${sentence(problem)}.`, restore);
      if (problems.length > named) findings.fail(`${problems.length - named} more problems like these.`, restore);
      if (whole) findings.ok(`${count(events)} events in ${count(streams)} streams, each as it was written.`);
    }
    const store = await openEmbeddedEventStore({ path, readOnly: true });
    if (quick) findings.ok(`Log ${store.logId} opens; beginning and end are as written (the rest: without --quick).`);
    return { findings: findings.list, store, whole };
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    // What the scan has told in detail need not be told again.
    if (whole) findings.fail(`${sentence(fault.message)}.`, remedies[fault.code]);
    return { findings: findings.list, whole: false };
  }
}

function sentence(text: string): string {
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.$/, '');
}
