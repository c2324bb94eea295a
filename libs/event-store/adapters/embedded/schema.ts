import type { DatabaseSync } from 'node:sqlite';

/** "Evnt": tells our files from those of other programs that use SQLite. */
export const applicationId = 0x45766e74;
export const schemaVersion = 1;

/** Of each stream the revisions that are a multiple of this are indexed; from there one walks. */
export const milestone = 16;

/** Condition of the sparse index, to be repeated by each query that uses it. */
export const isMilestone = `revision % ${milestone} = 0`;

/**
 * `events` holds the log. A place is given inside the transaction that commits it, so places have no gap and commit
 * order is their order. Each event names the place of the one before it in its stream, and `streams` names the last:
 * a stream is read backwards from its end or from a milestone. An index of every event would cost each append a page
 * of its own, at 256 in flight half of all bytes written. `milestones` also knows each stream a second time, by its
 * revision 0, so a stream whose row was damaged does not read as one that never was. `ids` keeps event ids unique.
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
      previous INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      event TEXT NOT NULL,
      digest TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX milestones ON events (stream, revision) WHERE ${isMilestone};
    CREATE TABLE streams (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE ids (id BLOB PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
  `);
  database.prepare('INSERT INTO log VALUES (1, ?, 0, 0)').run(logId);
}
