import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { damaged } from './sqlite-fault.ts';

/** "Evnt": tells our files from those of other programs that use SQLite. */
export const applicationId = 0x45766e74;
/** Format of a new log. */
const schemaVersion = 1;
/** Format of a log of which something was let go: a program that knows only the first would take it for damage. */
export const truncatedVersion = 2;

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
      log_id_digest TEXT NOT NULL,
      last_place INTEGER NOT NULL
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
  database.prepare('INSERT INTO log VALUES (1, ?, ?, 0)').run(logId, logIdDigest(logId));
}

/**
 * What a log that is a copy has besides: of which log, how many events were copied (null until it is finished), and
 * where each stood. A log that was not copied has none of it, and a program that does not know of it reads the rest.
 */
export function createCopySchema(database: DatabaseSync, sourceLogId: string): void {
  database.exec(`
    CREATE TABLE copied (id INTEGER PRIMARY KEY CHECK (id = 1), source TEXT NOT NULL, events INTEGER) STRICT;
    CREATE TABLE origins (place INTEGER PRIMARY KEY, position TEXT NOT NULL) STRICT;
  `);
  database.prepare('INSERT INTO copied VALUES (1, ?, NULL)').run(sourceLogId);
}

/**
 * What a log has besides once streams of it begin later than with their first event: with which revision each begins,
 * and which places are empty for that reason, so that an event that is missing for another reason is still damage.
 */
export function createTruncationSchema(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS shortened_streams (name TEXT PRIMARY KEY, first INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS emptied_places (place INTEGER PRIMARY KEY) STRICT;
    PRAGMA user_version = ${truncatedVersion};
  `);
}

export function isTruncated(database: DatabaseSync): boolean {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version) >= truncatedVersion;
}

export function keepsOrigins(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'origins'").get() !== undefined;
}

/** Where the log says that it ends, and which log it is; a fault where it cannot say. */
export interface LogRow {
  readonly logId: string;
  readonly lastPlace: number;
}

export const selectLog = 'SELECT log_id, log_id_digest, last_place FROM log';

/** Reads a row of `selectLog`. An id that was damaged would otherwise be another log, with nothing wrong with it. */
export function readLogRow(row: Readonly<Record<string, unknown>> | undefined, path: string): LogRow {
  if (typeof row?.log_id !== 'string' || row.log_id_digest !== logIdDigest(row.log_id)) {
    throw damaged(path, 'it does not say which log it is');
  }
  return { logId: row.log_id, lastPlace: Number(row.last_place) };
}

/** For a log that goes on under another id. */
export function renameLog(database: DatabaseSync, logId: string): void {
  database.prepare('UPDATE log SET log_id = ?, log_id_digest = ?').run(logId, logIdDigest(logId));
}

function logIdDigest(logId: string): string {
  return hash('sha256', logId, 'hex').slice(0, 16);
}
