import { type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isWrappingKeyOf, wrappingKeyCheck } from '../../src/person-key-wrapping.ts';
import { PersonKeysFault } from '../../src/person-keys.port.ts';
import { BUSY_TIMEOUT_MS, SCHEMA, SCHEMA_VERSION } from './person-keys-schema.ts';
import { sqliteFaultCode } from './sqlite-fault.ts';

/**
 * Opens the file for reading, made first where there is none, and proves that the wrapping key is the one it was
 * made with. Throws `PersonKeysFault`.
 */
export function openPersonKeysFile(path: string, wrappingKey: KeyObject): DatabaseSync {
  try {
    if (!existsSync(path)) createFile(path, wrappingKey);
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      checkFile(database, path, wrappingKey);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    if (error instanceof PersonKeysFault) throw error;
    const code = sqliteFaultCode(error);
    const what = code === 'damaged' ? 'is damaged: restore it from a backup' : 'cannot be opened';
    throw new PersonKeysFault(code, `The file of person keys ${path} ${what} (${messageOf(error)}).`, error);
  }
}

/**
 * Made whole under another name and then linked, which is atomic and never replaces: processes that start at once
 * see no file or a finished one, and the one switch to WAL needs no lock that another process could hold.
 */
function createFile(path: string, wrappingKey: KeyObject): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    const database = new DatabaseSync(draft);
    database.exec('PRAGMA synchronous = FULL');
    database.exec(SCHEMA);
    database.prepare("INSERT INTO settings (name, value) VALUES ('check', ?)").run(wrappingKeyCheck(wrappingKey));
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.close();
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  } finally {
    for (const left of [draft, `${draft}-wal`, `${draft}-shm`, `${draft}-journal`]) rmSync(left, { force: true });
  }
  syncDirectory(dirname(path));
}

function checkFile(database: DatabaseSync, path: string, wrappingKey: KeyObject): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > SCHEMA_VERSION) {
    const message = `${path} was written by a newer version (form ${version}, this one reads ${SCHEMA_VERSION}).`;
    throw new PersonKeysFault('newer-version', message);
  }
  if (version !== SCHEMA_VERSION) {
    const message = `${path} has the form ${version}, this version reads ${SCHEMA_VERSION}: is it a file of person keys?`;
    throw new PersonKeysFault('damaged', message);
  }
  const check = database.prepare("SELECT value FROM settings WHERE name = 'check'").get()?.value;
  if (!isWrappingKeyOf(wrappingKey, check)) {
    throw new PersonKeysFault(
      'wrong-key',
      `The person keys in ${path} were wrapped under another key than the one given.`,
    );
  }
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
