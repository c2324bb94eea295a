import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { digestOf } from '../../src/event-digest.ts';
import type { EventStoreFault, NewEvent, Position, StoredEvent } from '../../src/event-store.port.ts';
import { printPosition } from './place.ts';
import { isMilestone, keepsOrigins, milestone, readLogRow, selectLog } from './schema.ts';
import { becameAnotherLog, damaged } from './sqlite-fault.ts';
import { type Head, StreamHeads } from './stream-heads.ts';
import { Truncations } from './truncations.ts';

/** An event as its row has it. */
interface Row {
  readonly place: number;
  readonly stream: string;
  readonly revision: number;
  readonly previous: number;
  readonly recorded_at: number;
  readonly event: string;
  readonly digest: string;
  readonly origin?: string | null;
}

const ownColumns = 'place, stream, revision, previous, recorded_at, event, digest';
const withOrigin = `${ownColumns}, (SELECT position FROM origins WHERE origins.place = events.place) AS origin`;

/**
 * Reads events on the calling thread with prepared statements. Every event is checked against its digest and every
 * answer against what must be there, so that damage is a fault and never a shorter answer. Events never change, so
 * an answer may be put together from several statements: what commits in between only comes after it.
 */
export class LogReader {
  readonly #path: string;
  readonly #logId: string;
  readonly #head: StatementSync;
  readonly #milestone: StatementSync;
  readonly #at: StatementSync;
  readonly #after: StatementSync;
  readonly #before: StatementSync;
  readonly #end: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #heads: StreamHeads;
  readonly #truncations: Truncations;

  constructor(database: DatabaseSync, path: string, logId: string) {
    this.#path = path;
    this.#logId = logId;
    const columns = keepsOrigins(database) ? withOrigin : ownColumns;
    this.#head = database.prepare('SELECT revision, place FROM streams WHERE name = ?');
    this.#milestone = database.prepare(
      `SELECT revision, place FROM events WHERE stream = ? AND revision = ? AND ${isMilestone}`,
    );
    this.#at = database.prepare(`SELECT ${columns} FROM events WHERE place = ?`);
    // As `LIMIT ?` SQLite would compile them again each time the number is bound, to plan for it.
    this.#after = database.prepare(`SELECT ${columns} FROM events WHERE place > ? ORDER BY place LIMIT ?+0`);
    this.#before = database.prepare(`SELECT ${columns} FROM events WHERE place < ? ORDER BY place DESC LIMIT ?+0`);
    this.#end = database.prepare(selectLog);
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#truncations = new Truncations(database);
    this.#heads = new StreamHeads(database, { read: (stream) => this.#headOf(stream), end: () => this.end() });
  }

  /** Changes when another connection, of whichever process, has committed. */
  dataVersion(): number {
    return Number(this.#dataVersion.get()?.data_version);
  }

  /** Place of the log's last event, 0 where it is empty. */
  end(): number {
    const { logId, lastPlace } = readLogRow(this.#end.get(), this.#path);
    if (logId !== this.#logId) throw becameAnotherLog(this.#path, logId);
    this.#heads.overtaken();
    return lastPlace;
  }

  /** Events that the log holds. */
  count(): number {
    return this.end() - this.#truncations.countEmptied();
  }

  /** Reads again from the file what it remembers: where streams end. */
  forget(): void {
    this.#heads.forget();
  }

  /** Events of the stream from revision `from` on, at most `limit`. */
  stream(stream: string, from: number, limit = Number.POSITIVE_INFINITY): StoredEvent[] {
    const head = this.#heads.of(stream);
    if (head === undefined) return [];
    const last = Math.min(head.revision, from + limit - 1);
    if (last < from) return [];
    const start = this.#startFor(stream, last, head);
    const events: StoredEvent[] = [];
    let { revision, place } = start;
    for (; revision >= from; revision--) {
      const row = this.#at.get(place) as Row | undefined;
      if (row?.stream !== stream || row.revision !== revision) return this.#afterGap(stream, { from, limit, revision });
      if (revision <= last) events.push(this.#checked(row));
      place = row.previous;
    }
    return events.reverse();
  }

  /** What was asked for begins before the first event that is left, or the stream has lost one. */
  #afterGap(
    stream: string,
    { from, limit, revision }: { readonly from: number; readonly limit: number; readonly revision: number },
  ): StoredEvent[] {
    const first = this.#truncations.firstOf(stream);
    if (revision >= first || from >= first) throw this.#damaged(`stream ${stream} lacks its revision ${revision}`);
    return this.stream(stream, first, limit);
  }

  streamEnd(stream: string, count: number): StoredEvent[] {
    const head = this.#heads.of(stream);
    return head === undefined || count <= 0
      ? []
      : this.stream(stream, Math.max(0, head.revision - count + 1)).slice(-count);
  }

  /** Up to `limit` events after `place`; fewer only where the log ends there. */
  after(place: number, limit: number): StoredEvent[] {
    // The end first: what commits in between may only lengthen the answer.
    const due = Math.min(this.end(), place + limit) - place;
    const rows = this.#after.all(place, limit) as unknown as Row[];
    const reached = rows.at(-1)?.place ?? place;
    if (rows.length < due || reached - place > rows.length) {
      // Fewer than wanted are the last ones, and the last of all is never let go.
      const until = rows.length < limit ? Math.max(reached, place + due) : reached;
      this.#mustBeEmptied(place, rows, until + 1);
    }
    return rows.map((row) => this.#checked(row));
  }

  /** Up to `limit` events before `place` (from the end where undefined), latest first; fewer only at the beginning. */
  before(place: number | undefined, limit: number): StoredEvent[] {
    const start = place ?? this.end() + 1;
    const due = Math.min(start - 1, limit);
    const rows = this.#before.all(start, limit) as unknown as Row[];
    const reached = rows.at(-1)?.place ?? start;
    if (rows.length < due || start - reached > rows.length) {
      this.#mustBeEmptied(rows.length < limit ? 0 : reached - 1, rows.toReversed(), start);
    }
    return rows.map((row) => this.#checked(row));
  }

  /** Between two places, neither included, there is nothing but these rows and what was let go. */
  #mustBeEmptied(from: number, rows: readonly Row[], to: number): void {
    let before = from;
    for (const place of [...rows.map((row) => row.place), to]) {
      const missing = this.#truncations.firstNotEmptied(before, place);
      if (missing !== undefined) throw this.#damaged(`position ${printPosition(this.#logId, missing)} is missing`);
      before = place;
    }
  }

  #headOf(stream: string): Head | undefined {
    const head = this.#head.get(stream) as Head | undefined;
    if (head !== undefined) return head;
    // Not known as a stream: then its first event must not be known either, unless it was committed just now.
    if (this.#milestone.get(stream, 0) === undefined && this.#truncations.firstOf(stream) === 0) return undefined;
    const committed = this.#head.get(stream) as Head | undefined;
    if (committed === undefined) throw this.#damaged(`stream ${stream} has lost its end`);
    return committed;
  }

  /** Where to begin to walk back to revision `last`: the end, or the next milestone if that is nearer. */
  #startFor(stream: string, last: number, head: Head): Head {
    if (head.revision - last <= milestone) return head;
    const next = Math.ceil(last / milestone) * milestone;
    const found = this.#milestone.get(stream, next) as Head | undefined;
    if (found !== undefined) return found;
    // All that was asked for was let go: the walk from the end finds out.
    if (next < this.#truncations.firstOf(stream)) return head;
    throw this.#damaged(`stream ${stream} lacks its revision ${next}`);
  }

  #checked(row: Row): StoredEvent {
    const { stream, revision, recorded_at: recordedAt } = row;
    const position = printPosition(this.#logId, row.place);
    if (digestOf(row.event, stream, revision, recordedAt) !== row.digest) {
      throw this.#damaged(`the event at position ${position} is not what was written`);
    }
    const { id, type, schema, data, metadata } = JSON.parse(row.event) as NewEvent;
    const event = { id, type, schema, data, metadata, stream, revision, position, recordedAt };
    return typeof row.origin === 'string' ? { ...event, origin: row.origin as Position } : event;
  }

  #damaged(what: string): EventStoreFault {
    return damaged(this.#path, what);
  }
}
