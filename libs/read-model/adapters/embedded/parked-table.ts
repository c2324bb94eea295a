import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Position } from '@evident/event-store';
import type { ParkedEvent, ParkedStream } from '../../src/read-model.port.ts';
import { type Selecting, selecting } from './selecting.ts';

/** Streams that wait for a projection, and the keys of the rows they would change. */
export class ParkedTable {
  readonly #select: Selecting<ParkedRecord>;
  readonly #selectKeys: Selecting<{ readonly key: string }>;
  readonly #insert: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #deletes: readonly StatementSync[];
  readonly #forgets: readonly StatementSync[];
  readonly #clears: readonly StatementSync[];
  readonly #renames: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    this.#select = selecting(database, 'SELECT * FROM parked WHERE group_name = ? ORDER BY position, projection');
    this.#selectKeys = selecting(
      database,
      'SELECT key FROM parked_keys WHERE group_name = ? AND projection = ? AND stream = ? ORDER BY key',
    );
    this.#insert = database.prepare(
      `INSERT INTO parked (group_name, projection, stream, event_id, type, revision, position, error)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#insertKey = database.prepare('INSERT INTO parked_keys VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    const tables = ['parked', 'parked_keys'];
    this.#deletes = tables.map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE group_name = ? AND projection = ? AND stream = ?`),
    );
    this.#forgets = tables.map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE group_name = ? AND projection = ?`),
    );
    this.#clears = tables.map((table) => database.prepare(`DELETE FROM ${table} WHERE group_name = ?`));
    this.#renames = tables.map((table) => database.prepare(`UPDATE ${table} SET group_name = ? WHERE group_name = ?`));
  }

  read(group: string): readonly ParkedEvent[] {
    return this.#select.all(group).map(({ projection, stream, event_id: eventId, type, revision, position, error }) => {
      const keys = this.#selectKeys.all(group, projection, stream).map(({ key }) => key);
      return { projection, stream, eventId, type, revision, position, error, keys };
    });
  }

  add(group: string, parked: readonly ParkedEvent[]): void {
    for (const { projection, stream, eventId, type, revision, position, error, keys } of parked) {
      this.#insert.run(group, projection, stream, eventId, type, revision, position, error);
      for (const key of keys) this.#insertKey.run(group, projection, stream, key);
    }
  }

  remove(group: string, parked: readonly ParkedStream[]): void {
    for (const { projection, stream } of parked) {
      for (const statement of this.#deletes) statement.run(group, projection, stream);
    }
  }

  /** Everything parked under one name is under the other then, in place of what was there. */
  rename(from: string, to: string): void {
    this.clear(to);
    for (const statement of this.#renames) statement.run(to, from);
  }

  clear(group: string): void {
    for (const statement of this.#clears) statement.run(group);
  }

  forget(group: string, projections: readonly string[]): void {
    for (const projection of projections) for (const statement of this.#forgets) statement.run(group, projection);
  }
}

interface ParkedRecord {
  readonly projection: string;
  readonly stream: string;
  readonly event_id: string;
  readonly type: string;
  readonly revision: number;
  readonly position: Position;
  readonly error: string;
}
