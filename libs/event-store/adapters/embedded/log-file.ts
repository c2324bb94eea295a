import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreFault, installNewest } from '../../src/event-store.port.ts';
import { logIdForm } from '../../src/position.ts';
import { createDraft, draftOf, publish, removeDraft } from './draft-file.ts';
import { applicationId, createSchema, readLogRow, selectLog, truncatedVersion } from './schema.ts';
import { isBusy, sqliteFault } from './sqlite-fault.ts';
import { verifyWriteAhead } from './write-ahead-check.ts';

export interface OpenLogFile {
  readonly database: DatabaseSync;
  readonly logId: string;
}

/** Milliseconds that a statement of the reading side waits for a lock; readers of a WAL hardly ever meet one. */
const readerPatience = 2000;

/** Where the copy of another log is made that is to be the log at `path`. */
export function copyOf(path: string): string {
  return `${path}.copy`;
}

/**
 * Makes a new, empty log at `path` unless a file is there. It appears whole or not at all: made under another
 * name, synced, then linked; so an empty or half-made file is always damage. Of several makers one wins.
 * `prepare` adds to it before anybody sees it.
 */
export function createLogFile(path: string, logId: string, prepare?: (database: DatabaseSync) => void): void {
  mustHaveDirectory(path);
  if (existsSync(path)) return;
  if (!logIdForm.test(logId)) throw new EventStoreFault('misuse', `${logId} cannot name a log`);
  for (const left of [`${path}-wal`, `${path}-journal`]) {
    if (!existsSync(left)) continue;
    throw new EventStoreFault(
      'damaged',
      `${path} is missing but ${left} is there: put the log back, or move ${left} away to begin anew`,
    );
  }
  if (existsSync(copyOf(path))) throw unfinishedCopy(path);
  const draft = draftOf(path);
  try {
    createDraft(draft);
    const database = new DatabaseSync(draft);
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN');
      createSchema(database, logId);
      prepare?.(database);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
    publish(draft, path);
  } catch (error) {
    throw sqliteFault(error, path);
  } finally {
    removeDraft(draft);
  }
}

/** Opens a log that is there, having looked whether what its write-ahead file holds would be read in full. */
export function openLogFile(path: string, readOnly: boolean): OpenLogFile {
  verifyWriteAhead(path);
  return connectLogFile(path, readOnly);
}

/** One more connection to a log that is open already: checks that it is one of ours and sets the connection up. */
export function connectLogFile(path: string, readOnly: boolean): OpenLogFile {
  mustHaveDirectory(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new EventStoreFault('unavailable', `${path} does not exist`);
  if (!found.isFile()) throw new EventStoreFault('misuse', `${path} is not a file`);
  if (found.size === 0)
    throw new EventStoreFault('damaged', `${path} is empty: restore a backup, or remove it to begin a new log`);
  if (!readOnly) mustBeWritable(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly, timeout: readerPatience });
    mustBeOurs(database, path);
    if (!readOnly) mustUseWal(database, path);
    database.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864');
    const { logId } = readLogRow(database.prepare(selectLog).get(), path);
    return { database, logId };
  } catch (error) {
    database?.close();
    throw sqliteFault(error, path);
  }
}

/**
 * A log that nobody else has open, and nobody can open until this is closed. Throws `unavailable` where somebody has:
 * any other connection, also an idle one, holds a lock that this cannot be had beside.
 */
export function openExclusively(path: string): OpenLogFile {
  const { logId, database: shared } = openLogFile(path, false);
  shared.close();
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT');
    return { database, logId };
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw sqliteFault(error, path);
    throw new EventStoreFault('unavailable', `${path} is in use: stop every process that has it open first`, {
      cause: error,
    });
  }
}

function unfinishedCopy(path: string): EventStoreFault {
  return new EventStoreFault(
    'unavailable',
    `the copy of another log to ${path} is not finished: run evident migrate again, or delete ${copyOf(path)}`,
  );
}

export function mustHaveDirectory(path: string): void {
  const directory = dirname(path);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new EventStoreFault('unavailable', `the directory ${directory} of the event log does not exist: create it`);
}

function mustBeWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new EventStoreFault('unavailable', `${path} cannot be read and written by this user`, { cause: error });
  }
}

function mustBeOurs(database: DatabaseSync, path: string): void {
  const application = database.prepare('PRAGMA application_id').get()?.application_id;
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (application !== applicationId)
    throw new EventStoreFault('misuse', `${path} is a SQLite file of another program, not an event log`);
  if (version > truncatedVersion) {
    const message = `${path} was written by a newer version (format ${version}, this one reads ${truncatedVersion})`;
    throw new EventStoreFault('misuse', message, { remedy: installNewest });
  }
  if (version < 1) throw new EventStoreFault('damaged', `${path} has no format number`);
}

/** A backup is kept without a write-ahead file; a log in use has one. */
function mustUseWal(database: DatabaseSync, path: string): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode === 'wal') return;
  throw new EventStoreFault(
    'unavailable',
    `${path} lies on a file system that cannot share memory between processes: use a local disk`,
  );
}
