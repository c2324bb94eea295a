import type { KeyObject } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unwrapPersonKey } from '../../src/person-key-wrapping.ts';
import { PersonKeysFault, type WrappedPersonKey } from '../../src/person-keys.port.ts';
import { RecentMap } from '../../src/recent-map.ts';
import { sqliteFaultCode } from './sqlite-fault.ts';

export type KnownKey = KeyObject | 'erased';

const PAGE = 1_000;

/**
 * Reads keys and remembers the unwrapped ones, in a bounded number.
 *
 * `PRAGMA data_version` changes with every commit of every other connection, this process's writer included. Each
 * look at the memory asks for it first and, where it changed, forgets whoever was erased since; loading asks first
 * and reads afterwards, in one go. So a key whose erasure was acknowledged is never given out.
 */
export class KeyReader {
  readonly #wrappingKey: KeyObject;
  readonly #known: RecentMap<string, KnownKey>;
  readonly #dataVersion: StatementSync;
  readonly #erasedSince: StatementSync;
  readonly #rowsOf: StatementSync;
  readonly #keysAfter: StatementSync;
  readonly #endTurn = () => {
    this.#askedThisTurn = false;
  };
  #askedThisTurn = false;
  #seenVersion = -1;
  #seenErasure = 0;

  constructor(database: DatabaseSync, wrappingKey: KeyObject, cacheSize: number) {
    this.#wrappingKey = wrappingKey;
    this.#known = new RecentMap(cacheSize);
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#erasedSince = database.prepare(
      `SELECT number, person FROM erased_persons WHERE number > ? ORDER BY number LIMIT ${PAGE}`,
    );
    this.#rowsOf = database.prepare(`
      SELECT wanted.value AS person, person_keys.wrapped AS wrapped, erased_persons.number AS erased
      FROM json_each(?) AS wanted
      LEFT JOIN person_keys ON person_keys.person = wanted.value
      LEFT JOIN erased_persons ON erased_persons.person = wanted.value`);
    this.#keysAfter = database.prepare(
      `SELECT person, wrapped FROM person_keys WHERE person > ? ORDER BY person LIMIT ${PAGE}`,
    );
    const last = database.prepare('SELECT max(number) AS number FROM erased_persons').get()?.number;
    this.#seenErasure = Number(last ?? 0);
  }

  /** Asks for the number once in a turn: whoever could know of a later erasure has not been heard before the next. */
  peek(person: string): KnownKey | undefined {
    if (!this.#askedThisTurn) {
      this.#forgetErased();
      this.#askedThisTurn = true;
      process.nextTick(this.#endTurn);
    }
    return this.#known.get(person);
  }

  /** What is known of these persons, from memory or the file; those who have no key and were not erased are absent. */
  load(persons: readonly string[]): Map<string, KnownKey> {
    return reading(() => {
      this.#forgetErased();
      const found = new Map<string, KnownKey>();
      const unread: string[] = [];
      for (const person of persons) {
        const known = this.#known.get(person);
        if (known === undefined) unread.push(person);
        else found.set(person, known);
      }
      if (unread.length === 0) return found;
      for (const { person, wrapped, erased } of this.#rowsOf.all(JSON.stringify(unread))) {
        if (typeof person !== 'string' || (erased === null && wrapped === null)) continue;
        const known = erased === null ? this.unwrap(person, String(wrapped)) : 'erased';
        this.#known.set(person, known);
        found.set(person, known);
      }
      return found;
    });
  }

  unwrap(person: string, wrapped: string): KeyObject {
    const key = unwrapPersonKey(this.#wrappingKey, person, wrapped);
    // Absent would read as erased, which it is not.
    if (key === undefined)
      throw new PersonKeysFault('damaged', 'A person key was altered in the file: restore it from a backup.');
    return key;
  }

  /** The wrapped keys of up to 1,000 persons after this one in name order; fewer only at the end. */
  pageAfter(person: string): readonly WrappedPersonKey[] {
    return reading(() =>
      this.#keysAfter.all(person).map((row) => ({ person: String(row.person), wrapped: String(row.wrapped) })),
    );
  }

  /** Up to 1,000 erasures after this number, in the order in which they happened; fewer only at the end. */
  erasuresAfter(number: number): readonly { readonly number: number; readonly person: string }[] {
    return reading(() =>
      this.#erasedSince.all(number).map((row) => ({ number: Number(row.number), person: String(row.person) })),
    );
  }

  #forgetErased(): void {
    const version = Number(this.#dataVersion.get()?.data_version);
    if (version === this.#seenVersion) return;
    for (
      let page = this.erasuresAfter(this.#seenErasure);
      page.length > 0;
      page = this.erasuresAfter(this.#seenErasure)
    ) {
      for (const { number, person } of page) {
        this.#known.set(person, 'erased');
        this.#seenErasure = number;
      }
    }
    this.#seenVersion = version;
  }
}

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof PersonKeysFault) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new PersonKeysFault(sqliteFaultCode(error), `Person keys could not be read: ${message}.`, error);
  }
}
