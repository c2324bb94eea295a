import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { BUSY_TIMEOUT_MS } from './person-keys-schema.ts';
import { sqliteFaultCode } from './sqlite-fault.ts';
import type { WriteJob, WriteResult, WriterData, WriterReply } from './write-job.ts';

/** Milliseconds that an erasure may wait for readers before its answer. */
const EMPTYING_MS = 250;

/**
 * The one writer of this process, in a thread of its own because each commit waits for the disk. It keeps no state
 * but the connection, so it can be ended and started again at any time.
 */
const { path }: WriterData = workerData;
const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
// FULL: committed means on the disk. secure_delete: a deleted key is overwritten, not only unlinked.
database.exec('PRAGMA synchronous = FULL');
database.exec('PRAGMA secure_delete = ON');

const isErased = database.prepare('SELECT 1 FROM erased_persons WHERE person = ?');
const addKey = database.prepare('INSERT INTO person_keys (person, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING');
const deleteKey = database.prepare('DELETE FROM person_keys WHERE person = ?');
const addErased = database.prepare('INSERT INTO erased_persons (person) VALUES (?) ON CONFLICT DO NOTHING');

/** True until proven otherwise: a process may have died between an erasure and this. */
let logHoldsErasedKeys = true;

function apply(job: WriteJob): WriteResult {
  if (job.kind === 'erase') {
    addErased.run(job.person);
    return Number(deleteKey.run(job.person).changes);
  }
  let added = 0;
  for (const [person, wrapped] of job.entries) {
    if (isErased.get(person) === undefined) added += Number(addKey.run(person, wrapped).changes);
  }
  return added;
}

function commit(jobs: readonly WriteJob[]): WriterReply {
  try {
    database.exec('BEGIN IMMEDIATE');
    const results = jobs.map(apply);
    database.exec('COMMIT');
    logHoldsErasedKeys ||= jobs.some((job) => job.kind === 'erase');
    if (logHoldsErasedKeys) emptyWriteAheadLog();
    return { outcome: 'committed', results };
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', code: sqliteFaultCode(error), message };
  }
}

/**
 * The write-ahead log still holds the pages as they were before the erasure. Another process's reader may be in the
 * way for a moment; then the next commit, or the next start of this thread, empties it.
 */
function emptyWriteAheadLog(): void {
  database.exec(`PRAGMA busy_timeout = ${EMPTYING_MS}`);
  try {
    logHoldsErasedKeys = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0;
  } catch {
    // The erasure itself is committed; this is tried again.
  } finally {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

parentPort?.on('message', (jobs: readonly WriteJob[] | 'close') => {
  if (jobs === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(commit(jobs));
});
