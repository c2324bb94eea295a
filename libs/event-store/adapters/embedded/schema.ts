import type { DatabaseSync } from 'node:sqlite';

/** "Evnt": tells our files from those of other programs that use SQLite. */
export const applicationId = 0x45766e74;
export const schemaVersion = 1;

/**
 * `events` holds the log; a place is given inside the transaction that commits it, so places have no gap and commit
 * order is their order. `streams` repeats where each stream ends and `log` where the log ends: two structures that
 * must agree, so that a lost row or index entry is noticed when it is read. `ids` keeps event ids unique.
 */
export function createSchema(database: DatabaseSync, logId: string): void {
  database.exec(`
    CREATE TABLE log (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      log_id TEXT NOT NULL,
      last_place INTEGER NOT NULL,
      last_recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE events (
      place INTEGER PRIMARY KEY,
      stream TEXT NOT NULL,
      revision INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      event TEXT NOT NULL,
      digest TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
    CREATE TABLE streams (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE ids (id BLOB PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
  `);
  database.prepare('INSERT INTO log VALUES (1, ?, 0, 0)').run(logId);
}
