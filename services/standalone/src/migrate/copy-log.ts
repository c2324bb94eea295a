import { setTimeout as sleep } from 'node:timers/promises';
import { type CheckedCopy, EventStoreFault, LogCopier, type LogCopy } from '@evident/event-store';
import { count } from '../cli/count-text.ts';
import type { ReportProgress } from '../cli/report-progress.ts';
import { MigrationProblem } from './migration-problem.ts';
import type { SourceLog } from './source-log.ts';

export interface CopyRequest {
  readonly source: SourceLog;
  readonly target: LogCopy;
  /** Go on copying until nobody has the source open any more, rather than say so and end. */
  readonly wait: boolean;
  /** The operator says that nobody writes; asked for where the source itself cannot tell. */
  readonly stopped: boolean;
  readonly report: ReportProgress;
}

export interface CopiedEvents extends CheckedCopy {
  /** Of all events those that this run copied. */
  readonly copied: number;
}

const lookAgainMs = 500;

/**
 * Copies while the source may be written, then what came until it is held, and reads every event back. When it resolves
 * the source is held, and every event of it is in the copy.
 */
export async function copyWhole(request: CopyRequest): Promise<CopiedEvents> {
  const { source, target, wait, report } = request;
  const copier = new LogCopier({
    target,
    report: (step, events) =>
      report(step === 'copied' ? 'Copying' : 'Reading back', events, Math.max(events, source.events ?? 0)),
  });
  try {
    for (;;) {
      const { events } = await copier.catchUp(source);
      mustKnowThatItIsStill(request, events);
      const held = await source.hold();
      if (held !== undefined) {
        const checked = await copier.catchUp(held);
        mustBeAll(held.events, checked.events);
        return { ...checked, copied: copier.copied };
      }
      if (!wait) throw inUse(events);
      report('Waiting until nobody has the source open; copied so far', events, events);
      await sleep(lookAgainMs);
    }
  } catch (fault) {
    if (!(fault instanceof EventStoreFault) || fault.code !== 'misuse') throw fault;
    throw new MigrationProblem(
      `The log cannot be copied there: ${fault.message}.`,
      'Nothing was added to it. Delete the unfinished copy, or name another place with --to, and begin anew.',
      { cause: fault },
    );
  }
}

function mustKnowThatItIsStill({ source, stopped }: CopyRequest, events: number): void {
  if (!source.cannotBeHeld || stopped) return;
  throw new MigrationProblem(
    `${count(events)} events are copied and read back. Whether somebody still writes the source cannot be seen from here.`,
    'Stop every service that uses it, then run the same command with --stopped: it copies what came since, and finishes.',
  );
}

function inUse(events: number): MigrationProblem {
  return new MigrationProblem(
    `${count(events)} events are copied and read back, and the source is in use: more may come.`,
    'Stop every process that has it open, then run the same command again: only what came since is copied. With --wait it goes on by itself once they are stopped.',
  );
}

function mustBeAll(events: number | undefined, checked: number): void {
  if (events === undefined || events === checked) return;
  if (events < checked) {
    throw new MigrationProblem(
      `The source let go of ${count(checked - events)} events that expired while it was copied.`,
      'Delete the unfinished copy and run the same command again, with SIGN_INS_KEPT_MONTHS=0 for the server meanwhile.',
    );
  }
  throw new EventStoreFault('damaged', `the source says that it has ${events} events, and ${checked} were found`);
}
