import { parentPort, workerData } from 'node:worker_threads';
import { BatchWriter } from './batch-writer.ts';
import { connectLogFile } from './log-file.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { BatchReply, BatchRequest, WriterStart } from './writer-protocol.ts';

/** The thread that writes: it blocks on the disk so that nobody else has to. */
const start = workerData as WriterStart;
let writer: BatchWriter | undefined;

function openWriter(): BatchWriter {
  const { database } = connectLogFile(start.path, false);
  // A larger write-ahead file makes checkpoints rarer, each of which syncs the log itself.
  database.exec('PRAGMA cache_size = -24000; PRAGMA wal_autocheckpoint = 8000');
  // Pages that are split keep no old copies of events, which would outlive what is let go later; costs no writing.
  database.exec('PRAGMA secure_delete = FAST');
  if (start.maxBytes !== undefined) {
    const pageSize = Number(database.prepare('PRAGMA page_size').get()?.page_size);
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(start.maxBytes / pageSize))}`);
  }
  return new BatchWriter(database, start);
}

/** Opened by the first batch that can open it, so that a fault of the moment is over when its cause is. */
function commit(request: BatchRequest): BatchReply {
  try {
    writer ??= openWriter();
  } catch (error) {
    const { code, message } = sqliteFault(error, start.path);
    return { fault: { code, message, ambiguous: false } };
  }
  return writer.commit(request);
}

parentPort?.on('message', (request: BatchRequest | 'close') => {
  if (request !== 'close') {
    parentPort?.postMessage(commit(request));
    return;
  }
  writer?.close();
  parentPort?.close();
});
