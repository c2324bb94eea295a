import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface CheckpointStart {
  readonly path: string;
}

/** `all` also empties the write-ahead log, for which nobody may read or write meanwhile. */
export type CheckpointRequest = 'some' | 'all' | 'close';

export interface CheckpointReply {
  /** Somebody read or wrote what was to be carried over. */
  readonly isBusy: boolean;
  /** In the write-ahead log. */
  readonly pages: number;
}

/** The thread that waits for the disk. */
const { path } = workerData as CheckpointStart;
let database: DatabaseSync | undefined;

function carryOver(request: 'some' | 'all'): CheckpointReply {
  try {
    if (database === undefined) {
      database = new DatabaseSync(path, { timeout: 50 });
      database.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
    }
    const mode = request === 'all' ? 'TRUNCATE' : 'PASSIVE';
    const done = database.prepare(`PRAGMA wal_checkpoint(${mode})`).get();
    return { isBusy: done?.busy !== 0, pages: Number(done?.log) };
  } catch {
    // A full disk, another process that recovers the file: it is tried again with what is written next.
    return { isBusy: true, pages: 0 };
  }
}

parentPort?.on('message', (request: CheckpointRequest) => {
  if (request !== 'close') {
    parentPort?.postMessage(carryOver(request));
    return;
  }
  database?.close();
  parentPort?.close();
});
