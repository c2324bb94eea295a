import { parentPort, workerData } from 'node:worker_threads';
import { BatchWriter } from './batch-writer.ts';
import { openLogFile } from './log-file.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { BatchRequest, WriterStart } from './writer-protocol.ts';

/** The thread that writes: it blocks on the disk so that nobody else has to. */
const start = workerData as WriterStart;
const port = parentPort;
if (port === null) throw new Error('the writer runs as a worker thread only');

try {
  const { database } = openLogFile(start.path, false);
  database.exec('PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000');
  if (start.maxBytes !== undefined) {
    const pageSize = Number(database.prepare('PRAGMA page_size').get()?.page_size);
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(start.maxBytes / pageSize))}`);
  }
  const writer = new BatchWriter(database, start);
  port.on('message', (request: BatchRequest | 'close') => {
    if (request === 'close') {
      database.close();
      port.close();
      return;
    }
    port.postMessage(writer.commit(request));
  });
  port.postMessage('ready');
} catch (error) {
  const { code, message } = sqliteFault(error, start.path);
  port.postMessage({ fault: { code, message, ambiguous: false } });
}
