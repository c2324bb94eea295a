import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { OncePerTurn } from '../../src/once-per-turn.ts';
import { RecentlyUsed } from '../../src/recently-used.ts';

/** Where a stream ends. */
export interface Head {
  readonly revision: number;
  readonly place: number;
}

/** Streams whose end is remembered; some 200 bytes each. */
const remembered = 20_000;
/** Of more new events than this everything is forgotten: to ask again is cheaper. */
const followedAtOnce = 1_000;
/** How a stream that is not there is remembered. */
const none: Head = { revision: -1, place: 0 };

/**
 * Ends of streams, remembered and moved on with the log. Before any is told, SQLite is asked whether something was
 * committed since, by whichever process (`PRAGMA data_version`, once in a turn), and the events that are new are looked
 * at: so none is ever older than a commit that whoever asks can know of. Instead of one look-up for each stream that
 * costs one for all of them.
 */
export class StreamHeads {
  readonly #read: (stream: string) => Head | undefined;
  readonly #newer: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #end: () => number;
  readonly #heads = new RecentlyUsed<Head>(remembered);
  readonly #asked = new OncePerTurn(() => this.#keepUp());
  #version: number | undefined;
  /** All that is remembered is as it was after the event here, or newer. */
  #place = 0;

  /** `read` and `end` answer from the file; a stream that is not there is undefined. */
  constructor(
    database: DatabaseSync,
    { read, end }: { readonly read: (stream: string) => Head | undefined; readonly end: () => number },
  ) {
    this.#read = read;
    this.#end = end;
    this.#newer = database.prepare(
      `SELECT place, stream, revision FROM events WHERE place > ? ORDER BY place LIMIT ${followedAtOnce + 1}`,
    );
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  of(stream: string): Head | undefined {
    this.#asked.do();
    const known = this.#heads.get(stream) ?? this.#meet(stream);
    return known === none ? undefined : known;
  }

  /** Events were read past it: who has seen them must not be told an older end. */
  overtaken(): void {
    this.#asked.forget();
  }

  forget(): void {
    this.#heads.clear();
    this.#version = undefined;
    this.#asked.forget();
  }

  #meet(stream: string): Head {
    const head = this.#read(stream) ?? none;
    this.#heads.set(stream, head);
    return head;
  }

  #keepUp(): void {
    // First the version: what commits after it changes it again, and is looked at then.
    const version = Number(this.#dataVersion.get()?.data_version);
    if (version === this.#version) return;
    if (this.#version === undefined) this.#place = this.#end();
    else this.#follow();
    this.#version = version;
  }

  #follow(): void {
    const newer = this.#newer.all(this.#place) as unknown as readonly (Head & { readonly stream: string })[];
    if (newer.length > followedAtOnce) {
      this.#heads.clear();
      this.#place = this.#end();
      return;
    }
    for (const { stream, revision, place } of newer) {
      const known = this.#heads.get(stream);
      if (known !== undefined && known.place < place) this.#heads.set(stream, { revision, place });
      this.#place = place;
    }
  }
}
