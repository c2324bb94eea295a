import { DatabaseSync } from 'node:sqlite';

/** Whether a SQLite file has no writer at this moment: a process that stands still with the lock keeps every other out. */
export function isUnlocked(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}
