import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { EventStoreFault, type LogChanged, type Position, type StoredEvent } from '../../src/event-store.port.ts';
import { type CopyOrigin, type FinishedCopy, type LogCopy, originOf } from '../../src/log-copy.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { CopyWriter } from './copy-writer.ts';
import { publish, removeDraft } from './draft-file.ts';
import { readAll } from './locked-log.ts';
import { copyOf, createLogFile, mustHaveDirectory, openExclusively, openLogFile } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import { createCopySchema, keepsOrigins } from './schema.ts';
import { sqliteFault } from './sqlite-fault.ts';

export interface EmbeddedLogCopyOptions {
  /** The log to be; its directory must exist. The copy is made beside it, in a file whose name ends in `.copy`. */
  readonly path: string;
  readonly source: CopyOrigin;
}

/**
 * Opens the copy of a log in one SQLite file, made where there is none. The file gets its name when the copy is
 * finished, so whatever stands at `path` is a whole log. Of two processes that copy to one place the second is refused.
 */
export function openEmbeddedLogCopy({ path, source }: EmbeddedLogCopyOptions): LogCopy {
  mustHaveDirectory(path);
  const draft = copyOf(path);
  if (existsSync(path)) {
    const finished = finishedCopy(path, source);
    // The last step of an earlier run, which it did not live to do.
    removeDraft(draft);
    return new EmbeddedLogCopy(path, path, openLogFile(path, true), finished);
  }
  createLogFile(draft, newLogId(), (database) => createCopySchema(database, source.logId));
  const opened = openExclusively(draft);
  try {
    mustBeCopyOf(source, opened.database, draft);
    return new EmbeddedLogCopy(path, draft, opened, undefined);
  } catch (error) {
    opened.database.close();
    throw sqliteFault(error, draft);
  }
}

class EmbeddedLogCopy implements LogCopy {
  readonly logId: string;
  readonly #path: string;
  /** Where it lies until it is finished. */
  readonly #draft: string;
  readonly #database: DatabaseSync;
  readonly #reader: LogReader;
  readonly #writer: CopyWriter | undefined;
  #finished: FinishedCopy | undefined;

  constructor(
    path: string,
    draft: string,
    { database, logId }: { readonly database: DatabaseSync; readonly logId: string },
    finished: FinishedCopy | undefined,
  ) {
    this.logId = logId;
    this.#path = path;
    this.#draft = draft;
    this.#database = database;
    this.#reader = new LogReader(database, draft, logId);
    this.#writer = finished === undefined ? new CopyWriter(database, draft) : undefined;
    this.#finished = finished;
  }

  get finished(): FinishedCopy | undefined {
    return this.#finished;
  }

  readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    return readAll(this.#reader, { path: this.#draft, logId: this.logId, after, limit });
  }

  async take(events: readonly StoredEvent[]): Promise<void> {
    if (this.#writer === undefined || this.#finished !== undefined)
      throw new EventStoreFault('misuse', `${this.#path} is a finished copy and takes no more`);
    this.#writer.write(events.map((event) => ({ event, origin: originOf(event) })));
  }

  async finish(copied: FinishedCopy): Promise<void> {
    if (this.#finished !== undefined) return;
    try {
      this.#database.prepare('UPDATE copied SET events = ?').run(copied.events);
      // Stands alone from here on: a write-ahead file would not come along to its new name.
      this.#database.exec('PRAGMA journal_mode = DELETE');
    } catch (error) {
      throw sqliteFault(error, this.#draft);
    }
    this.#database.close();
    if (!publish(this.#draft, this.#path))
      throw new EventStoreFault('misuse', `${this.#path} was made by somebody else meanwhile`);
    removeDraft(this.#draft);
    this.#finished = copied;
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** Throws `misuse` where what stands there is no finished copy of that log. */
function finishedCopy(path: string, source: CopyOrigin): FinishedCopy {
  if (statSync(path).size === 0) throw new EventStoreFault('misuse', `${path} is there already, and is empty`);
  const { database } = openLogFile(path, true);
  try {
    const events = mustBeCopyOf(source, database, path);
    if (events !== null) return { events };
    throw new EventStoreFault('damaged', `${path} is a copy that was never finished`);
  } finally {
    database.close();
  }
}

function mustBeCopyOf(source: CopyOrigin, database: DatabaseSync, path: string): number | null {
  const copied = keepsOrigins(database) ? database.prepare('SELECT source, events FROM copied').get() : undefined;
  if (copied === undefined) throw new EventStoreFault('misuse', `${path} holds a log already`);
  if (copied.source !== source.logId)
    throw new EventStoreFault('misuse', `${path} is a copy of log ${copied.source}, not of ${source.logId}`);
  return copied.events === null ? null : Number(copied.events);
}
