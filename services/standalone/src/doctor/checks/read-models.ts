import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '@evident/event-store';
import { ReadModelFault } from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { type Config, StartupProblem } from '@evident/runtime';
import { type Finding, Findings } from '../finding.ts';

/** The groups of views; see identity-projection. */
const groups = ['directory', 'security'] as const;

/** Whether the views can be used. They are never worth a backup: the log has everything that is in them. */
export async function checkReadModels(
  address: Config['readModel'],
  { store, quick }: { store: EventStore | undefined; quick: boolean },
): Promise<readonly Finding[]> {
  const findings = new Findings('read models');
  if (address.kind !== 'embedded') return findings.skip('They are on a server, which this does not look into.').list;
  const { path } = address;
  if (!existsSync(path)) return findings.ok(`${path} is built from the log by the next start.`).list;
  const rebuild = `Stop the server, delete ${path}*, start it again: they are built from the log, nothing is lost.`;
  try {
    const model = await openEmbeddedReadModel({ path, readOnly: true });
    try {
      if (!quick) mustBeSound(path);
      const checkpoints = await Promise.all(groups.map((group) => model.readCheckpoint(group)));
      const last = await store?.lastPosition();
      for (const checkpoint of checkpoints) {
        if (store === undefined || checkpoint?.position === undefined) continue;
        const ahead = last === undefined ? 1 : store.compare(checkpoint.position, last);
        if (typeof ahead !== 'number')
          findings.warn(`${path} is of another log.`, 'Nothing: the next start builds it again.');
        else if (ahead > 0)
          findings.fail(
            `${path} has seen events that the log does not have: the log was replaced by an older copy.`,
            'Put the newer log back. If it is lost, use evident restore, which gives the log a new id, instead of copying files.',
          );
        if (findings.list.length > 0) break;
      }
    } finally {
      await model.close();
    }
    if (findings.list.length === 0) findings.ok(`${path} opens and belongs to this log.`);
  } catch (fault) {
    if (fault instanceof StartupProblem) findings.fail(fault.message, rebuild);
    else if (fault instanceof ReadModelFault) {
      const remedy = fault.code === 'damaged' ? rebuild : 'Correct READ_MODEL_URL, or check who may read the file.';
      findings.fail(`${fault.message}.`, remedy);
    } else throw fault;
  }
  return findings.list;
}

/** SQLite's own look at the whole file; the store looks at small ones only, for it must be quick to start. */
function mustBeSound(path: string): void {
  let said: unknown;
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    try {
      said = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    } finally {
      database.close();
    }
  } catch (error) {
    said = error instanceof Error ? error.message : error;
  }
  if (said !== 'ok') throw new StartupProblem(`${path} is damaged: ${String(said)}.`, '');
}
