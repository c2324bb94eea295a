import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { canonicalEvent, digestOf } from '../../src/event-digest.ts';
import type { EventStoreFault, NewEvent } from '../../src/event-store.port.ts';
import { mustStillBe } from './file-identity.ts';
import { isMilestone, readLogRow, selectLog } from './schema.ts';
import { becameAnotherLog, damaged, isBusy, isInputOutputError, sqliteFault } from './sqlite-fault.ts';
import { StreamTruncation } from './stream-truncation.ts';
import {
  type AppendMessage,
  type BatchReply,
  type BatchRequest,
  type FaultMessage,
  resultKind,
  resultWidth,
  type TruncationMessage,
  type WriterStart,
} from './writer-protocol.ts';

/** Milliseconds that a batch waits for the writers of other processes. */
const patience = 5000;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** An append whose events are in the text that is stored; what cannot be stored is a fault of this append alone. */
interface Prepared {
  readonly stream: string;
  readonly expected: AppendMessage[1];
  readonly events: readonly { readonly id: Uint8Array; readonly text: string }[];
}

interface PreparedTruncation {
  readonly stream: string;
  readonly before: number;
}

/** Where the log ends, as this batch moves it. */
interface LogEnd {
  place: number;
  recordedAt: number;
}

/**
 * Commits batches of appends, each batch in one transaction: every append of it is decided at its expected revision
 * against what the ones before it have written, and none is answered before the commit has reached the disk.
 */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #start: WriterStart;
  readonly #log: StatementSync;
  readonly #lastEvent: StatementSync;
  readonly #setLog: StatementSync;
  readonly #head: StatementSync;
  readonly #setHead: StatementSync;
  readonly #origin: StatementSync;
  readonly #placeOfId: StatementSync;
  readonly #addId: StatementSync;
  readonly #eventAt: StatementSync;
  readonly #addEvent: StatementSync;
  readonly #truncation: StreamTruncation;

  /** Why it takes no more batches. */
  #stopped: string | undefined;

  constructor(database: DatabaseSync, start: WriterStart) {
    this.#database = database;
    this.#start = start;
    this.#truncation = new StreamTruncation(database, start.path);
    this.#log = database.prepare(selectLog);
    this.#lastEvent = database.prepare('SELECT place, recorded_at FROM events ORDER BY place DESC LIMIT 1');
    this.#setLog = database.prepare('UPDATE log SET last_place = ?');
    this.#head = database.prepare('SELECT revision, place FROM streams WHERE name = ?');
    this.#setHead = database.prepare(
      'INSERT INTO streams VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET revision = ?2, place = ?3',
    );
    this.#origin = database.prepare(`SELECT place FROM events WHERE stream = ? AND revision = 0 AND ${isMilestone}`);
    this.#placeOfId = database.prepare('SELECT place FROM ids WHERE id = ?');
    this.#addId = database.prepare('INSERT INTO ids VALUES (?, ?)');
    this.#eventAt = database.prepare('SELECT stream, revision, recorded_at FROM events WHERE place = ?');
    this.#addEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)');
  }

  commit(request: BatchRequest): BatchReply {
    if (this.#stopped !== undefined)
      return { fault: { code: 'unavailable', message: this.#stopped, ambiguous: false } };
    const prepared = request.appends.map(prepare);
    let committing = false;
    try {
      mustStillBe(this.#start.path, this.#start.identity);
      this.#begin();
      const log = this.#readEnd();
      const before = log.place;
      log.recordedAt = Math.max(log.recordedAt, request.now);
      const results = new Float64Array(prepared.length * resultWidth);
      const faults: (FaultMessage | undefined)[] = [];
      prepared.forEach((append, index) => {
        const fault = 'code' in append ? append : this.#do(append, log, results.subarray(index * resultWidth));
        if (fault === undefined) return;
        results[index * resultWidth] = resultKind.fault;
        faults[index] = fault;
      });
      if (log.place > before) this.#setLog.run(log.place);
      committing = true;
      this.#database.exec('COMMIT');
      this.#truncation.clearUp();
      return { results, faults };
    } catch (error) {
      return this.#failed(error, committing);
    }
  }

  close(): void {
    this.#truncation.clearUp();
    this.#database.close();
  }

  #failed(error: unknown, ambiguous: boolean): BatchReply {
    const fault = sqliteFault(error, this.#start.path, ambiguous);
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch (another) {
      this.#stopped = `the event log takes no more appends, it cannot undo one (${another}): check the disk, then restart`;
    }
    // After a failed write or sync nobody knows what the disk holds; going on could acknowledge what is not there.
    if (isInputOutputError(error)) this.#stopped = `${fault.message}: no more appends; check the disk, then restart`;
    return { fault: { code: fault.code, message: fault.message, ambiguous: fault.ambiguous } };
  }

  /** SQLite's own waiting backs off to 100 ms; the writers of a batch hold the lock for far less. */
  #begin(): void {
    const deadline = performance.now() + patience;
    for (;;) {
      try {
        this.#database.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        Atomics.wait(pause, 0, 0, 1);
      }
    }
  }

  #readEnd(): LogEnd {
    const { path, logId } = this.#start;
    const log = readLogRow(this.#log.get(), path);
    if (log.logId !== logId) throw becameAnotherLog(path, log.logId);
    const last = this.#lastEvent.get();
    if ((last?.place ?? 0) !== log.lastPlace) throw this.#damaged(`its events do not end at place ${log.lastPlace}`);
    return { place: log.lastPlace, recordedAt: Number(last?.recorded_at ?? 0) };
  }

  #damaged(what: string): EventStoreFault {
    return damaged(this.#start.path, what);
  }

  #do(work: Prepared | PreparedTruncation, log: LogEnd, result: Float64Array): FaultMessage | undefined {
    if ('events' in work) return this.#append(work, log, result);
    const { first, more } = this.#truncation.shorten(work.stream, work.before);
    result.set([resultKind.truncated, Number(more), first, 0]);
    return undefined;
  }

  /** Decides one append and writes it where it holds. Everything is decided before anything is written. */
  #append(append: Prepared, log: LogEnd, result: Float64Array): FaultMessage | undefined {
    const { stream, expected, events } = append;
    const end = this.#head.get(stream);
    const head = (end?.revision ?? -1) as number;
    if (end === undefined && (this.#origin.get(stream) !== undefined || this.#truncation.isShortened(stream)))
      throw this.#damaged(`stream ${stream} has lost its end`);
    const places = events.map((event) => this.#placeOfId.get(event.id)?.place as number | undefined);
    if (places.some((place) => place !== undefined)) return this.#repeat(append, places, head, result);

    const wanted = expected === 'any' ? head : expected === 'no-stream' ? -1 : expected.revision;
    if (wanted !== head) {
      result.set([resultKind.conflict, 0, head, 0]);
      return undefined;
    }
    let revision = head;
    let previous = (end?.place ?? 0) as number;
    for (const { id, text } of events) {
      log.place++;
      revision++;
      const digest = digestOf(text, stream, revision, log.recordedAt);
      this.#addEvent.run(log.place, stream, revision, previous, log.recordedAt, text, digest);
      this.#addId.run(id, log.place);
      previous = log.place;
    }
    this.#setHead.run(stream, revision, log.place);
    result.set([resultKind.appended, log.place, revision, log.recordedAt]);
    return undefined;
  }

  /** Some of the ids are in the log: all of them in this stream in this order is a repeat, anything less is none. */
  #repeat(
    append: Prepared,
    places: readonly (number | undefined)[],
    head: number,
    result: Float64Array,
  ): FaultMessage | undefined {
    const rows = places.map((place) => (place === undefined ? undefined : this.#eventAt.get(place)));
    const elsewhere = rows.find((row) => row !== undefined && row.stream !== append.stream);
    if (elsewhere !== undefined)
      return misuse(`stream ${elsewhere.stream} already holds an event with an id that was to go to ${append.stream}`);
    const first = rows[0]?.revision as number | undefined;
    const last = rows.at(-1);
    if (first === undefined || last === undefined || rows.some((row, index) => row?.revision !== first + index)) {
      result.set([resultKind.conflict, 0, head, 0]);
      return undefined;
    }
    result.set([resultKind.repeated, places.at(-1) ?? 0, last.revision as number, last.recorded_at as number]);
    return undefined;
  }
}

function prepare(message: string): Prepared | PreparedTruncation | FaultMessage {
  try {
    const work = JSON.parse(message) as AppendMessage | TruncationMessage;
    if (work.length === 2) return { stream: work[0], before: work[1] };
    const [stream, expected, events] = work;
    return { stream, expected, events: events.map(stored) };
  } catch (error) {
    return misuse(`an event cannot be stored: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function stored(event: NewEvent): { id: Uint8Array; text: string } {
  return { id: Buffer.from(event.id.replaceAll('-', ''), 'hex'), text: canonicalEvent(event) };
}

function misuse(message: string): FaultMessage {
  return { code: 'misuse', message, ambiguous: false };
}
