import { DatabaseSync } from 'node:sqlite';
import type { EventStore, Position, StoredEvent } from '@evident/event-store';

/** Reads the whole log and does nothing with it. */
export async function scanLog(log: EventStore): Promise<void> {
  await eachBatch(log, () => undefined);
}

/** Reads the whole log and puts each event into one table of the bare driver, a batch in a transaction. */
export async function scanAndUpsert(log: EventStore, path: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE bare (key TEXT PRIMARY KEY, row TEXT)',
  );
  const upsert = database.prepare('INSERT INTO bare VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET row = excluded.row');
  await eachBatch(log, (batch) => {
    database.exec('BEGIN');
    for (const { stream, data } of batch) upsert.run(stream, JSON.stringify(data));
    database.exec('COMMIT');
  });
  database.close();
}

async function eachBatch(log: EventStore, use: (batch: readonly StoredEvent[]) => void): Promise<void> {
  let at: Position | undefined;
  for (;;) {
    const batch = await log.readAll(at, 1_000);
    if ('outcome' in batch || batch.length === 0) return;
    use(batch);
    at = batch.at(-1)?.position;
  }
}
