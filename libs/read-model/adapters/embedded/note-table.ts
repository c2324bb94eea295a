import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '@evident/event-store';
import type { Note } from '../../src/read-model.port.ts';
import { type Selecting, selecting } from './selecting.ts';

interface NoteRecord {
  readonly key: string;
  readonly note: string;
}

/** Facts that no event says, by key. */
export class NoteTable {
  readonly #database: DatabaseSync;
  #select: Selecting<NoteRecord> | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  put(key: string, note: JsonObject | undefined): void {
    if (note === undefined) this.#database.prepare('DELETE FROM notes WHERE key = ?').run(key);
    else this.#database.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)').run(key, JSON.stringify(note));
  }

  read(prefix: string): readonly Note[] {
    const found = this.#prepared()?.all(prefix) ?? [];
    return found.map(({ key, note }) => ({ key, note: JSON.parse(note) as JsonObject }));
  }

  /** Undefined in a file of an older program that is only read: nobody has noted anything there. */
  #prepared(): Selecting<NoteRecord> | undefined {
    if (this.#select === undefined && hasNotes(this.#database)) {
      this.#select = selecting(
        this.#database,
        'SELECT key, note FROM notes WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key',
      );
    }
    return this.#select;
  }
}

function hasNotes(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").get() !== undefined;
}
