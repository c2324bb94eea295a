import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { refusalOf, refusalOfTruncation } from '../../src/append-rules.ts';
import {
  type AppendOutcome,
  type EventStore,
  EventStoreFault,
  type Expected,
  type FollowOptions,
  type LogChanged,
  maxAppendBytes,
  type NewEvent,
  type Position,
  type ReadStreamOptions,
  type StoredEvent,
} from '../../src/event-store.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { parsePosition } from '../../src/position.ts';
import { AppendQueue } from './append-queue.ts';
import { CommitWatch } from './commit-watch.ts';
import { fileIdentity, mustStillBe } from './file-identity.ts';
import { createLogFile, openLogFile } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import { placeAt, placeIn, printPosition } from './place.ts';
import { verifyEnd } from './quick-check.ts';
import { RecentBatches } from './recent-batches.ts';
import { type Appended, RecentEvents } from './recent-events.ts';
import { sqliteFault } from './sqlite-fault.ts';

export interface EmbeddedEventStoreOptions {
  /** The file; made with mode 0600 where there is none, in a directory that exists. */
  readonly path: string;
  /** Where given, an event of any other tenant is refused as `misuse`. */
  readonly tenant?: string;
  /** Opens a log that exists and never writes it; works beside a running server. */
  readonly readOnly?: boolean;
  readonly now?: () => number;
  /** Id for a log that is made now; random unless given. */
  readonly logId?: string;
  /** Appends that may wait before further ones are refused; 20,000 unless given. */
  readonly queueCapacity?: number;
  /** Bytes that the file may grow to; an append beyond it is `disk-full`. */
  readonly maxBytes?: number;
}

/**
 * Opens the log in one SQLite file, made where there is none. Several processes may have it open. Throws
 * `EventStoreFault` with a message that names what to do.
 */
export async function openEmbeddedEventStore(options: EmbeddedEventStoreOptions): Promise<EventStore> {
  const { path, readOnly = false, now = Date.now } = options;
  if (!readOnly) createLogFile(path, options.logId ?? newLogId());
  const { database, logId } = openLogFile(path, readOnly);
  try {
    const identity = fileIdentity(path) ?? '';
    const reader = new LogReader(database, path, logId);
    verifyEnd(reader);
    const own = new RecentEvents(logId);
    const recent = new RecentBatches((place, limit) => reader.after(place, limit), own);
    const watch = new CommitWatch({
      writeAheadFile: `${path}-wal`,
      dataVersion: () => reader.dataVersion(),
      end: () => {
        mustStillBe(path, identity);
        const end = reader.end();
        recent.endsAt(end);
        return end;
      },
      isWriting: () => queue?.isWriting ?? false,
    });
    const start = { path, logId, identity, maxBytes: options.maxBytes };
    const committed = (appended: readonly Appended[]) => {
      for (const each of appended) own.add(each);
      if (appended.length > 0) watch.committed(own.end);
    };
    const queue = readOnly
      ? undefined
      : new AppendQueue(start, { now, committed, capacity: options.queueCapacity ?? 20_000 });
    return new EmbeddedEventStore({ database, reader, own, recent, watch, queue, path, logId, tenant: options.tenant });
  } catch (error) {
    database.close();
    throw sqliteFault(error, path);
  }
}

interface Parts {
  readonly database: DatabaseSync;
  readonly reader: LogReader;
  readonly own: RecentEvents;
  readonly recent: RecentBatches;
  readonly watch: CommitWatch;
  readonly queue: AppendQueue | undefined;
  readonly path: string;
  readonly logId: string;
  readonly tenant: string | undefined;
}

class EmbeddedEventStore implements EventStore {
  readonly logId: string;
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.logId = parts.logId;
  }

  append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendOutcome> {
    const { queue, tenant, path } = this.#parts;
    if (this.#closing !== undefined) return Promise.reject(closed());
    if (queue === undefined) return Promise.reject(new EventStoreFault('misuse', `${path} was opened to be read only`));
    const refusal = refusalOf(stream, events, expected, tenant);
    if (refusal !== undefined) return Promise.reject(new EventStoreFault('misuse', refusal));
    let message: string;
    try {
      message = JSON.stringify([stream, expected, events]);
    } catch (error) {
      return Promise.reject(new EventStoreFault('misuse', `an event for ${stream} is not JSON`, { cause: error }));
    }
    const bytes = Buffer.byteLength(message);
    if (bytes > maxAppendBytes) {
      return Promise.reject(
        new EventStoreFault(
          'too-large',
          `an append to ${stream} of ${bytes} bytes, at most ${maxAppendBytes} are allowed`,
        ),
      );
    }
    return queue.append({ message, stream, events });
  }

  readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    return this.#read((reader) => reader.stream(stream, options.from ?? 0, options.limit));
  }

  readStreamEnd(stream: string, count: number): Promise<readonly StoredEvent[]> {
    return this.#read((reader) => reader.streamEnd(stream, count));
  }

  async truncateStream(stream: string, before: number): Promise<number> {
    const { queue, recent, path } = this.#parts;
    const refusal = refusalOfTruncation(stream, before);
    if (refusal !== undefined) throw new EventStoreFault('misuse', refusal);
    for (;;) {
      if (this.#closing !== undefined) throw closed();
      if (queue === undefined) throw new EventStoreFault('misuse', `${path} was opened to be read only`);
      const { first, more } = await queue.truncate(stream, before);
      recent.forget();
      if (!more) return first;
    }
  }

  readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    return this.#read((reader) => {
      const place = this.#placeOf(after, reader);
      return typeof place === 'number' ? reader.after(place, limit) : place;
    });
  }

  readAllBackwards(before: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    return this.#read((reader) => {
      const place = before === undefined ? undefined : this.#placeOf(before, reader);
      return typeof place === 'object' ? place : reader.before(place, limit);
    });
  }

  async *follow(after: Position | undefined, options: FollowOptions): AsyncGenerator<readonly StoredEvent[]> {
    const { signal, batchSize = 500 } = options;
    const { reader, own, recent, watch, logId } = this.#parts;
    const start = await this.#read(() => this.#placeOf(after, reader));
    if (typeof start !== 'number') throw new EventStoreFault('log-changed', `position ${after} is not of log ${logId}`);
    let place = start;
    while (!signal.aborted) {
      const mark = watch.mark;
      const batch = await this.#read(() => recent.after(place, batchSize));
      if (batch.length === 0) {
        await watch.changedSince(mark, signal);
        continue;
      }
      const last = batch.at(-1);
      if (last !== undefined) place = placeAt(last.position);
      yield batch;
      // Timers and sockets must have their turn however much there is to read; what this process writes comes by turns.
      if (batch.length === batchSize || place > own.end) await nextTurn();
    }
  }

  lastPosition(): Promise<Position | undefined> {
    return this.#read((reader) => {
      const place = reader.end();
      return place === 0 ? undefined : printPosition(this.logId, place);
    });
  }

  compare(a: Position, b: Position): number | LogChanged {
    const left = placeIn(this.logId, a);
    const right = placeIn(this.logId, b);
    return left === undefined || right === undefined ? { outcome: 'log-changed', logId: this.logId } : left - right;
  }

  parsePosition(text: string): Position | undefined {
    const { logId } = this;
    return parsePosition({ logId, prints: (position) => placeIn(logId, position) !== undefined }, text);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { queue, watch, database } = this.#parts;
    await queue?.close();
    watch.close(closed());
    database.close();
  }

  #placeOf(after: Position | undefined, reader: LogReader): number | LogChanged {
    if (after === undefined) return 0;
    const place = placeIn(this.logId, after);
    return place !== undefined && place <= reader.end() ? place : { outcome: 'log-changed', logId: this.logId };
  }

  /** Reads at once, on this thread; the promise is settled when it is returned. */
  #read<Result>(read: (reader: LogReader) => Result): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    try {
      return Promise.resolve(read(this.#parts.reader));
    } catch (error) {
      return Promise.reject(sqliteFault(error, this.#parts.path));
    }
  }
}

function closed(): EventStoreFault {
  return new EventStoreFault('closed', 'the event store is closed');
}
