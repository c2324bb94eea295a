import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { frozenProjectorContract } from '../../contract/frozen-projector.contract.ts';

const rounds = Number(process.env.FROZEN_PROJECTORS ?? 1);
const opener = { module: new URL('./index.ts', import.meta.url).href, open: 'openEmbeddedReadModel' };
frozenProjectorContract('the embedded adapter', opener, { rounds, mayFreeze: canBeWritten });

/** A process that stands still with SQLite's lock keeps every writer out until it goes on. */
function canBeWritten(folder: string): boolean {
  const database = new DatabaseSync(join(folder, 'read-models.db'), { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}
