import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Deployment } from '@evident/testing';

/** Rows that stand still: the read model is served as it is, and nothing can be projected into it. */
export interface StoppedRows {
  release(): void;
}

/** Takes the one lock that a writer of the read model needs, as another process might. */
export function stopRows(evident: Deployment): StoppedRows {
  const database = new DatabaseSync(join(evident.dataDir, 'read-models.db'), { timeout: 5_000 });
  database.exec('BEGIN IMMEDIATE');
  return {
    release() {
      if (!database.isOpen) return;
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
