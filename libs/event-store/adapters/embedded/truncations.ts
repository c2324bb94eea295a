import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { truncatedVersion } from './schema.ts';

interface Statements {
  readonly first: StatementSync;
  readonly emptied: StatementSync;
  readonly countEmptied: StatementSync;
  readonly letGo: StatementSync;
}

/** What was let go of a log, as far as readers must know it; asked only where something is not there. */
export class Truncations {
  readonly #database: DatabaseSync;
  readonly #version: StatementSync;
  #statements: Statements | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#version = database.prepare('PRAGMA user_version');
  }

  /** The revision with which a stream begins. */
  firstOf(stream: string): number {
    return Number(this.#prepared()?.first.get(stream)?.first ?? 0);
  }

  /** Events that streams have let go, in this log or in the one that it was copied from. */
  letGo(): number {
    return Number(this.#prepared()?.letGo.get()?.events ?? 0);
  }

  /** Places of this log that are empty. */
  countEmptied(): number {
    return Number(this.#prepared()?.countEmptied.get()?.places ?? 0);
  }

  /** The first place between two others, neither included, that nobody emptied. */
  firstNotEmptied(after: number, before: number): number | undefined {
    if (before - after <= 1) return undefined;
    const statements = this.#prepared();
    if (statements === undefined) return after + 1;
    let due = after + 1;
    for (const { place } of statements.emptied.iterate(after, before)) {
      if (place !== due) break;
      due++;
    }
    return due < before ? due : undefined;
  }

  /** Another process may be the first to let something go while this one has the log open. */
  #prepared(): Statements | undefined {
    if (this.#statements !== undefined) return this.#statements;
    if (Number(this.#version.get()?.user_version) < truncatedVersion) return undefined;
    this.#statements = {
      first: this.#database.prepare('SELECT first FROM shortened_streams WHERE name = ?'),
      countEmptied: this.#database.prepare('SELECT count(*) AS places FROM emptied_places'),
      letGo: this.#database.prepare('SELECT coalesce(sum(first), 0) AS events FROM shortened_streams'),
      emptied: this.#database.prepare('SELECT place FROM emptied_places WHERE place > ? AND place < ? ORDER BY place'),
    };
    return this.#statements;
  }
}
