import { EventStoreFault, type EventStoreFaultCode } from '../../src/event-store.port.ts';

/** Primary result codes. Source: sqlite.org/rescode.html */
/** Of our own fixed statements: then the tables are not those that we made. */
const sqlError = 1;
const busy = 5;
const locked = 6;
const readOnly = 8;
const inputOutput = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const constraint = 19;
const notADatabase = 26;
/** No room to grow the shared-memory file: the disk is full as well. */
const sharedMemoryFull = inputOutput | (19 << 8);

interface SqliteError extends Error {
  readonly errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && ((error.errcode & 0xff) === busy || (error.errcode & 0xff) === locked);
}

/** A read, write or sync that the operating system refused, other than for want of space. */
export function isInputOutputError(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === inputOutput && error.errcode !== sharedMemoryFull;
}

export function damaged(path: string, what: string): EventStoreFault {
  return new EventStoreFault('damaged', `${path} is damaged: ${what}; run "evident doctor", then restore a backup`);
}

export function becameAnotherLog(path: string, logId: string): EventStoreFault {
  return new EventStoreFault('log-changed', `${path} became log ${logId} while it was open: restart this process`);
}

/** What SQLite said, as one of the port's faults with what to do about it. A fault passes through unchanged. */
export function sqliteFault(error: unknown, path: string, ambiguous = false): EventStoreFault {
  if (error instanceof EventStoreFault) return error;
  if (!isSqliteError(error)) return systemFault(error, path, ambiguous);
  const [code, message] = explained(error, path);
  return new EventStoreFault(code, message, { ambiguous, cause: error });
}

function explained(error: SqliteError, path: string): [EventStoreFaultCode, string] {
  if (error.errcode === sharedMemoryFull) return ['disk-full', noSpaceFor(path)];
  switch (error.errcode & 0xff) {
    case full:
      return ['disk-full', noSpaceFor(path)];
    case sqlError:
    case corrupt:
    case constraint:
      return ['damaged', `${path} is damaged (${error.message}): run "evident doctor", then restore a backup`];
    case notADatabase:
      return ['damaged', `${path} is not an event log: it is no SQLite file, or its first page is damaged`];
    case busy:
    case locked:
      return ['unavailable', `${path} is held by another process (${error.message})`];
    case readOnly:
      return ['unavailable', `${path} cannot be written: give this user the right to write it and its directory`];
    case cannotOpen:
      return ['unavailable', `${path} cannot be opened (${error.message}): check that it exists and who may read it`];
    default:
      return ['unavailable', `${path}: ${error.message} (SQLite code ${error.errcode})`];
  }
}

function systemFault(error: unknown, path: string, ambiguous: boolean): EventStoreFault {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  const message = full ? noSpaceFor(path) : `${path}: ${error instanceof Error ? error.message : String(error)}`;
  return new EventStoreFault(full ? 'disk-full' : 'unavailable', message, { ambiguous, cause: error });
}

function noSpaceFor(path: string): string {
  return `no space left for ${path}: free some, then try again`;
}
