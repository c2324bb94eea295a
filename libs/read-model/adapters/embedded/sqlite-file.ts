import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { isDamage, sqliteFault } from './sqlite-fault.ts';

/** "EVRM": tells a read model from any other SQLite file, which is never moved aside. */
const applicationId = 0x4556524d;
const schemaVersion = 2;
/** Up to this size the whole file is checked at start, about 100 ms; beyond it damage shows when a page is read. */
const checkedBytes = 32 * 1024 * 1024;
/** For the moment in which another process closes or recovers the file. */
const busyTimeoutMs = 5;

const schema = `
  CREATE TABLE groups (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, position TEXT,
    events INTEGER NOT NULL DEFAULT 0, generation TEXT NOT NULL, views TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID;
  CREATE TABLE views (name TEXT PRIMARY KEY, indexes TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE parked (group_name TEXT NOT NULL, projection TEXT NOT NULL, stream TEXT NOT NULL, event_id TEXT NOT NULL,
    type TEXT NOT NULL, revision INTEGER NOT NULL, position TEXT NOT NULL, error TEXT NOT NULL,
    PRIMARY KEY (group_name, projection, stream)) WITHOUT ROWID;
  CREATE TABLE parked_keys (group_name TEXT NOT NULL, projection TEXT NOT NULL, stream TEXT NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (group_name, projection, stream, key)) WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};`;

export interface SqliteFileOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly maxBytes: number | undefined;
  /** Told when a file was moved aside, in a sentence for an operator. */
  readonly report: (notice: string) => void;
}

/**
 * Opens the file, making it (mode 0600) where there is none.
 *
 * A read model can always be built again, so a file that is damaged or of another schema is moved aside, reported
 * and begun anew. A sound SQLite file that is no read model is refused: it may be somebody's only copy.
 */
export function openSqliteFile(options: SqliteFileOptions): DatabaseSync {
  const { path, readOnly, report } = options;
  try {
    const unfit = existsSync(path) ? whyUnfit(path, readOnly) : undefined;
    if (unfit !== undefined) {
      if (readOnly) throw new ReadModelFault('damaged', `${path}: ${unfit}; start the service that writes it`);
      const aside = moveAside(path);
      report(`${path}: ${unfit}; moved to ${aside}, the read model is built again from the log`);
    }
    return readOnly ? openReader(path) : openWriter(path, options.maxBytes);
  } catch (error) {
    throw sqliteFault(error, path);
  }
}

/** Remembers damage found while running, so that the next start moves the file aside however sound it then looks. */
export function markDamaged(path: string): void {
  try {
    writeFileSync(damageMark(path), '', { mode: 0o600 });
  } catch {
    // The disk that damaged the file may refuse the mark as well; the fault itself is already on its way.
  }
}

function openWriter(path: string, maxBytes: number | undefined): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 5000 });
  // secure_delete: what is removed is overwritten, so that nobody who was erased can be read out of the file.
  database.exec('PRAGMA secure_delete = ON');
  // NORMAL: a power cut may lose the last batches, never consistency; they are projected again.
  // wal_autocheckpoint: a thread carries over what was written long before (checkpoints.ts); this is for when it cannot.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;
    PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 32768; PRAGMA journal_size_limit = 67108864;`);
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / 4096)}`);
  database.exec('BEGIN IMMEDIATE');
  if (pragma(database, 'application_id') === 0) database.exec(schema);
  // Files that older programs made have none.
  database.exec('CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID');
  database.exec('COMMIT');
  // From here on others are answered by this thread too: it waits for a lock between attempts, not inside one.
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  return database;
}

function openReader(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  database.exec('PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;');
  return database;
}

function whyUnfit(path: string, readOnly: boolean): string | undefined {
  const { size } = statSync(path);
  if (size === 0) return undefined;
  if (existsSync(damageMark(path))) return 'found damaged while it was used';
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly, timeout: 5000 });
    const owner = pragma(database, 'application_id');
    const empty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (owner === 0 && empty) return undefined;
    if (owner !== applicationId) throw new ReadModelFault('misuse', `${path}: not a read model; give another path`);
    const version = pragma(database, 'user_version');
    if (version !== schemaVersion) return `written by another version (schema ${version}, this is ${schemaVersion})`;
    if (size <= checkedBytes && pragma(database, 'quick_check(1)') !== 'ok') return 'damaged';
    return undefined;
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw error;
  } finally {
    database?.close();
  }
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

function moveAside(path: string): string {
  const aside = `${path}.aside-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const part of ['-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
  renameSync(path, aside);
  rmSync(damageMark(path), { force: true });
  return aside;
}

function damageMark(path: string): string {
  return `${path}.damaged`;
}
