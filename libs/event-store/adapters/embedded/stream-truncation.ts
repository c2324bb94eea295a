import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '../../src/event-store.port.ts';
import { createTruncationSchema, isMilestone, isTruncated, keepsOrigins, milestone } from './schema.ts';
import { damaged } from './sqlite-fault.ts';
import { Truncations } from './truncations.ts';
import type { Truncated } from './writer-protocol.ts';

/** Events that one transaction lets go of one stream: others wait for it. */
const atOnce = 500;

interface Head {
  readonly revision: number;
  readonly place: number;
}

/**
 * Lets go of the beginnings of streams, inside the transaction of a batch. Their rows are overwritten, not only unlinked,
 * and which places are empty for that reason is kept: so a row that is missing for another reason is still damage.
 */
export class StreamTruncation {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #truncations: Truncations;
  /** Whether the write-ahead file may hold what was let go. */
  #leftovers = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#truncations = new Truncations(database);
  }

  isShortened(stream: string): boolean {
    return this.#truncations.firstOf(stream) > 0;
  }

  shorten(stream: string, before: number): Truncated {
    const first = this.#truncations.firstOf(stream);
    const head = this.#prepare('SELECT revision, place FROM streams WHERE name = ?').get(stream) as Head | undefined;
    if (head === undefined) return { first, more: false };
    // The last event stays: it says where the stream goes on.
    const wanted = Math.min(before, head.revision);
    if (wanted <= first) return { first, more: false };
    if (!isTruncated(this.#database)) createTruncationSchema(this.#database);
    const end = Math.min(wanted, first + atOnce);
    this.#database.exec('PRAGMA secure_delete = ON');
    this.#letGo(stream, first, end, head);
    this.#prepare('INSERT INTO shortened_streams VALUES (?1, ?2) ON CONFLICT DO UPDATE SET first = ?2').run(
      stream,
      end,
    );
    this.#leftovers = true;
    return { first: end, more: end < wanted };
  }

  /**
   * Empties the write-ahead file, which keeps older states of pages, unless readers are in it; then after a later commit.
   * To be called outside a transaction.
   */
  clearUp(): void {
    if (!this.#leftovers) return;
    const patience = Number(this.#prepare('PRAGMA busy_timeout').get()?.timeout);
    this.#database.exec('PRAGMA secure_delete = FAST; PRAGMA busy_timeout = 0');
    this.#leftovers = this.#prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0;
    this.#database.exec(`PRAGMA busy_timeout = ${patience}`);
  }

  /** Walks back from an end that is known to the revision `from`, and removes what stands before `end`. */
  #letGo(stream: string, from: number, end: number, head: Head): void {
    const at = this.#prepare('SELECT stream, revision, previous, event FROM events WHERE place = ?');
    const removals = [
      this.#prepare('DELETE FROM events WHERE place = ?'),
      this.#prepare('INSERT INTO emptied_places VALUES (?)'),
      ...(keepsOrigins(this.#database) ? [this.#prepare('DELETE FROM origins WHERE place = ?')] : []),
    ];
    const removeId = this.#prepare('DELETE FROM ids WHERE id = ?');
    const blank = this.#prepare('UPDATE events SET event = ? WHERE place = ?');
    const places: number[] = [];
    let { revision, place } = this.#startFor(stream, end - 1, head);
    for (; revision >= from; revision--) {
      const row = at.get(place);
      if (row?.stream !== stream || row.revision !== revision) {
        throw damaged(this.#path, `stream ${stream} lacks its revision ${revision}`);
      }
      if (revision < end) {
        const { id } = JSON.parse(String(row.event)) as NewEvent;
        removeId.run(Buffer.from(id.replaceAll('-', ''), 'hex'));
        // Of the same length, so in its place: when pages are joined, unused parts of them keep copies of rows.
        blank.run(' '.repeat(Buffer.byteLength(String(row.event))), place);
        places.push(place);
      }
      place = Number(row.previous);
    }
    for (const gone of places) for (const removal of removals) removal.run(gone);
  }

  #startFor(stream: string, last: number, head: Head): Head {
    const next = Math.ceil(last / milestone) * milestone;
    if (next >= head.revision) return head;
    const found = this.#prepare(
      `SELECT revision, place FROM events WHERE stream = ? AND revision = ? AND ${isMilestone}`,
    ).get(stream, next) as Head | undefined;
    if (found === undefined) throw damaged(this.#path, `stream ${stream} lacks its revision ${next}`);
    return found;
  }

  #prepare(sql: string) {
    return this.#database.prepare(sql);
  }
}
