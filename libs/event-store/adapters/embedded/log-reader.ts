import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { digestOf } from '../../src/event-digest.ts';
import { EventStoreFault, type NewEvent, type StoredEvent } from '../../src/event-store.port.ts';
import { printPosition } from './position.ts';

/** Where the log ends. */
export interface LogEnd {
  readonly logId: string;
  readonly place: number;
}

type Row = Record<string, unknown>;

/**
 * Reads events on the calling thread with prepared statements. Every event is checked against its digest and every
 * answer against what must be there, so that damage is a fault and never a shorter answer.
 */
export class LogReader {
  readonly #path: string;
  readonly #logId: string;
  readonly #fromRevision: StatementSync;
  readonly #anyOfStream: StatementSync;
  readonly #headOfStream: StatementSync;
  readonly #afterPlace: StatementSync;
  readonly #end: StatementSync;
  readonly #dataVersion: StatementSync;

  constructor(database: DatabaseSync, path: string, logId: string) {
    this.#path = path;
    this.#logId = logId;
    this.#fromRevision = database.prepare(
      `SELECT s.revision AS head, e.place, e.stream, e.revision, e.recorded_at, e.event, e.digest
       FROM streams s LEFT JOIN events e ON e.stream = s.name AND e.revision >= ?2
       WHERE s.name = ?1 ORDER BY e.revision LIMIT ?3`,
    );
    this.#anyOfStream = database.prepare('SELECT 1 FROM events WHERE stream = ? LIMIT 1');
    this.#headOfStream = database.prepare('SELECT revision FROM streams WHERE name = ?');
    this.#afterPlace = database.prepare(
      'SELECT place, stream, revision, recorded_at, event, digest FROM events WHERE place > ? ORDER BY place LIMIT ?',
    );
    this.#end = database.prepare('SELECT log_id, last_place FROM log');
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** Changes when another connection, of whichever process, has committed. */
  dataVersion(): number {
    return this.#dataVersion.get()?.data_version as number;
  }

  end(): LogEnd {
    const row = this.#end.get();
    if (row === undefined) throw this.#damaged('its last position is missing');
    if (row.log_id !== this.#logId) {
      throw new EventStoreFault(
        'log-changed',
        `${this.#path} became log ${row.log_id}, it was ${this.#logId} when it was opened`,
      );
    }
    return { logId: this.#logId, place: row.last_place as number };
  }

  stream(stream: string, from: number, limit?: number): StoredEvent[] {
    if (limit !== undefined && limit <= 0) return [];
    const rows = this.#fromRevision.all(stream, from, limit ?? -1);
    const first = rows[0];
    if (first === undefined) {
      // Not known as a stream: then the index of events must not know it either.
      if (this.#anyOfStream.get(stream) !== undefined && this.#headOfStream.get(stream) === undefined) {
        throw this.#damaged(`stream ${stream} has events but no end`);
      }
      return [];
    }
    const head = first.head as number;
    if (first.place === null) {
      if (from <= head) throw this.#damaged(`stream ${stream} lacks its revision ${from}`);
      return [];
    }
    const events = rows.map((row, index) => {
      if (row.revision !== from + index) throw this.#damaged(`stream ${stream} lacks its revision ${from + index}`);
      return this.#event(row);
    });
    const last = limit === undefined ? head : Math.min(head, from + limit - 1);
    if (from + events.length - 1 !== last) throw this.#damaged(`stream ${stream} ends before its revision ${last}`);
    return events;
  }

  streamEnd(stream: string, count: number): StoredEvent[] {
    if (count <= 0) return [];
    const head = this.#headOfStream.get(stream)?.revision as number | undefined;
    return head === undefined
      ? this.stream(stream, 0)
      : this.stream(stream, Math.max(0, head - count + 1)).slice(-count);
  }

  /** Up to `limit` events after `place`; fewer only where the log ends there. */
  after(place: number, limit: number): StoredEvent[] {
    // The end first: what commits in between may only lengthen the answer.
    const end = this.end().place;
    const rows = this.#afterPlace.all(place, limit);
    rows.forEach((row, index) => {
      if (row.place !== place + index + 1) throw this.#damaged(`position ${this.#print(place + index + 1)} is missing`);
    });
    if (place + rows.length < Math.min(end, place + limit))
      throw this.#damaged(`position ${this.#print(place + rows.length + 1)} is missing`);
    return rows.map((row) => this.#event(row));
  }

  #event(row: Row): StoredEvent {
    const {
      event: text,
      stream,
      revision,
      recorded_at: recordedAt,
    } = row as { event: string; stream: string; revision: number; recorded_at: number };
    const position = this.#print(row.place as number);
    if (digestOf(text, stream, revision, recordedAt) !== row.digest) {
      throw this.#damaged(`the event at position ${position} is not what was written`);
    }
    const { id, type, schema, data, metadata } = JSON.parse(text) as NewEvent;
    return { id, type, schema, data, metadata, stream, revision, position, recordedAt };
  }

  #print(place: number) {
    return printPosition(this.#logId, place);
  }

  #damaged(what: string): EventStoreFault {
    return new EventStoreFault(
      'damaged',
      `${this.#path} is damaged: ${what}; run "evident doctor", then restore a backup`,
    );
  }
}
