import { statSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { EventStoreFault, type Position } from '../../src/event-store.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { createDraft, draftOf, publish, removeDraft } from './draft-file.ts';
import { mustHaveDirectory, openExclusively, openLogFile } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import { printPosition } from './place.ts';
import { verifyEnd } from './quick-check.ts';
import { renameLog } from './schema.ts';
import { sqliteFault } from './sqlite-fault.ts';

export interface LogBackup {
  readonly logId: string;
  /** Of the last event in the backup; undefined where it has none. */
  readonly position: Position | undefined;
  readonly bytes: number;
}

/** All pages in one step: a step that other processes' commits interrupt would begin again, under load for ever. */
const everyPage = 2 ** 31 - 1;

/**
 * Copies the log to a new file while others read and write it. The copy is one moment of the log, at or after the
 * call: all that was acknowledged before is in it. It is a single file, synced, mode 0600, and has the id of the
 * log: give it another with `adoptNewLogId` before it is used in the place of the log. `to` must not exist.
 */
export async function backUpEmbeddedLog(from: string, to: string): Promise<LogBackup> {
  mustHaveDirectory(to);
  if (statSync(to, { throwIfNoEntry: false }) !== undefined)
    throw new EventStoreFault('misuse', `${to} exists already`);
  const { database } = openLogFile(from, true);
  const draft = draftOf(to);
  try {
    createDraft(draft);
    await backup(database, draft, { rate: everyPage });
    const taken = settle(draft);
    if (!publish(draft, to)) throw new EventStoreFault('misuse', `${to} exists already`);
    return taken;
  } catch (error) {
    throw sqliteFault(error, to);
  } finally {
    database.close();
    removeDraft(draft);
  }
}

/** Makes the copy a file that stands alone, and reads its beginning and end. */
function settle(draft: string): LogBackup {
  const { database, logId } = openLogFile(draft, false);
  try {
    const reader = new LogReader(database, draft, logId);
    verifyEnd(reader);
    const place = reader.end();
    database.exec('PRAGMA journal_mode = DELETE');
    return { logId, position: place === 0 ? undefined : printPosition(logId, place), bytes: statSync(draft).size };
  } finally {
    database.close();
  }
}

/**
 * Gives a log that was restored an id of its own, so that positions from before, which may name events it does not
 * have, are refused. Nobody else may have it open: `unavailable` then. Gives the new id.
 */
export function adoptNewLogId(path: string): string {
  const { database } = openExclusively(path);
  try {
    const logId = newLogId();
    database.exec('BEGIN IMMEDIATE');
    renameLog(database, logId);
    database.exec('COMMIT');
    return logId;
  } catch (error) {
    throw sqliteFault(error, path);
  } finally {
    database.close();
  }
}
