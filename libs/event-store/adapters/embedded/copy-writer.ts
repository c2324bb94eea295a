import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { canonicalEvent, digestOf } from '../../src/event-digest.ts';
import { EventStoreFault, type Position, type StoredEvent } from '../../src/event-store.port.ts';
import { createTruncationSchema } from './schema.ts';
import { sqliteFault } from './sqlite-fault.ts';

export interface EventToCopy {
  readonly event: StoredEvent;
  readonly origin: Position;
}

/** Writes events as they were recorded, at the end of a log that nobody else has open. */
export class CopyWriter {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #end: StatementSync;
  readonly #setEnd: StatementSync;
  readonly #head: StatementSync;
  readonly #setHead: StatementSync;
  readonly #placeOfId: StatementSync;
  readonly #addId: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #addOrigin: StatementSync;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#end = database.prepare('SELECT last_place FROM log');
    this.#setEnd = database.prepare('UPDATE log SET last_place = ?');
    this.#head = database.prepare('SELECT revision, place FROM streams WHERE name = ?');
    this.#setHead = database.prepare(
      'INSERT INTO streams VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET revision = ?2, place = ?3',
    );
    this.#placeOfId = database.prepare('SELECT place FROM ids WHERE id = ?');
    this.#addId = database.prepare('INSERT INTO ids VALUES (?, ?)');
    this.#addEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#addOrigin = database.prepare('INSERT INTO origins VALUES (?, ?)');
  }

  /** All of them or none, synced. Throws `misuse` at one that is not the next of its stream, or is there. */
  write(events: readonly EventToCopy[]): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      let place = Number(this.#end.get()?.last_place);
      for (const event of events) this.#add(event, ++place);
      this.#setEnd.run(place);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw sqliteFault(error, this.#path);
    }
  }

  #add({ event, origin }: EventToCopy, place: number): void {
    const { id, stream, revision, recordedAt, position } = event;
    const head = this.#head.get(stream);
    const due = Number(head?.revision ?? -1) + 1;
    // A stream whose beginning was let go begins in the copy where it does in the source.
    if (head === undefined && revision > 0) this.#beginAt(stream, revision);
    else if (revision !== due) {
      const message = `at ${position} stands revision ${revision} of ${stream}, where revision ${due} belongs`;
      throw new EventStoreFault('misuse', message);
    }
    const key = Buffer.from(id.replaceAll('-', ''), 'hex');
    if (this.#placeOfId.get(key) !== undefined)
      throw new EventStoreFault('misuse', `the event at ${position} has the id ${id}, which an earlier one has`);
    const text = canonicalEvent(event);
    const digest = digestOf(text, stream, revision, recordedAt);
    this.#addEvent.run(place, stream, revision, Number(head?.place ?? 0), recordedAt, text, digest);
    this.#addId.run(key, place);
    this.#addOrigin.run(place, origin);
    this.#setHead.run(stream, revision, place);
  }

  #beginAt(stream: string, revision: number): void {
    createTruncationSchema(this.#database);
    this.#database.prepare('INSERT INTO shortened_streams VALUES (?, ?)').run(stream, revision);
  }
}
