import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JsonObject } from '@evident/event-store';
import type { RowWrite, StoredRow } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { RowQuery } from '../../src/row-query.ts';
import { checkKey, rowText } from '../../src/row-rules.ts';
import { FoundLists, nameOf } from './found-lists.ts';
import { RowCache } from './row-cache.ts';
import { type FoundRow, indexedValue, rowColumns, type SqlValue, storedRow } from './row-encoding.ts';
import { bound, selectByIndex } from './row-query-sql.ts';
import { type Selecting, selectingArrays } from './selecting.ts';
import { column, type Indexes, indexedMembers, quote } from './view-schema.ts';

export interface ViewTableOptions {
  readonly table: string;
  /** As the table was prepared, whatever the views say that it is reached by. */
  readonly indexes: Indexes;
  readonly cacheRows: number;
  readonly readOnly: boolean;
}

/** The rows of one view in one table, with the statements that reach them. Calls come inside a transaction or alone. */
export class ViewTable {
  readonly #cache: RowCache;
  readonly #found: FoundLists<StoredRow>;
  readonly #foundKeys: FoundLists<string>;
  readonly #database: DatabaseSync;
  readonly #indexes: Indexes;
  readonly #name: string;
  readonly #table: string;
  readonly #members: readonly string[];
  readonly #select: Selecting<FoundRow>;
  readonly #selectMany: Selecting<FoundRow>;
  readonly #writes: { readonly upsert: StatementSync; readonly update: StatementSync } | undefined;
  #unsettled: RowWrite[] = [];
  readonly #queries = new Map<string, Selecting<FoundRow>>();
  readonly #selects = new Map<number, Selecting<FoundRow>>();
  readonly #keySelects = new Map<number, Selecting<readonly [key: string]>>();

  constructor(database: DatabaseSync, options: ViewTableOptions) {
    this.#database = database;
    this.#indexes = options.indexes;
    this.#name = options.table;
    this.#table = quote(options.table);
    this.#members = indexedMembers(options.indexes);
    this.#cache = new RowCache(options.cacheRows);
    this.#found = new FoundLists(options.cacheRows);
    this.#foundKeys = new FoundLists(options.cacheRows);
    this.#select = selectingArrays(database, `SELECT ${rowColumns} FROM ${this.#table} WHERE key = ?`);
    this.#selectMany = selectingArrays(
      database,
      `SELECT ${rowColumns} FROM (SELECT value AS asked FROM json_each(?)) CROSS JOIN ${this.#table} ON key = asked`,
    );
    const sql = writeSql(this.#table, this.#members);
    this.#writes = options.readOnly
      ? undefined
      : { upsert: database.prepare(sql.upsert), update: database.prepare(sql.update) };
  }

  read(key: string): StoredRow | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const found = this.#select.get(key);
    return found && this.#keep(storedRow(found));
  }

  /** Those that are there, in no order. What is not in memory is found by one statement. */
  readMany(keys: readonly string[]): readonly StoredRow[] {
    const cached: StoredRow[] = [];
    const unread: string[] = [];
    for (const key of keys) {
      const known = this.#cache.get(key);
      if (known === undefined) unread.push(key);
      else cached.push(known);
    }
    return unread.length === 0 ? cached : [...cached, ...this.#readAll(unread)];
  }

  #readAll(keys: readonly string[]): readonly StoredRow[] {
    if (keys.length < 2) return keys.flatMap((key) => this.read(key) ?? []);
    return this.#selectMany.all(JSON.stringify(keys)).map((found) => this.#keep(storedRow(found)));
  }

  /**
   * Writes under the position guard; memory must be what the file says (`data_version`). What is in memory follows
   * with `settle`, when the transaction has ended.
   */
  write(write: RowWrite): void {
    if (this.#writes === undefined) throw new ReadModelFault('misuse', 'opened for reading only');
    checkKey(write.key);
    const { key, row, position, late = null } = write;
    const text = row === undefined ? null : rowText(row, key);
    const { upsert, update } = this.#writes;
    const { changes } = this.#sameIndexes(write)
      ? update.run(position, late, text, key)
      : upsert.run(key, position, late, text, text === null ? 1 : 0, ...this.#indexed(row ?? {}));
    if (changes === 0) return;
    this.#unsettled.push(write);
    this.#forgetFound();
  }

  settle(committed: boolean): void {
    if (this.#unsettled.length === 0) return;
    if (committed) for (const write of this.#unsettled) this.#cache.put(write);
    this.#unsettled = [];
    // What was found inside a transaction that came to nothing.
    this.#forgetFound();
  }

  /** Another connection has written, or may have. */
  forget(): void {
    this.#cache.clear();
    this.#forgetFound();
  }

  find(query: RowQuery): readonly StoredRow[] {
    const name = nameOf(query);
    return this.#found.get(name) ?? this.#found.keep(name, this.#find(query));
  }

  #find(query: RowQuery): readonly StoredRow[] {
    const { shape, sql, values } = selectByIndex(this.#name, this.#indexes, query);
    const statement = this.#selects.get(shape) ?? selectingArrays(this.#database, sql());
    this.#selects.set(shape, statement);
    return statement.all(...values).map((found) => this.#known(found));
  }

  findKeys(query: RowQuery): readonly string[] {
    const name = nameOf(query);
    return this.#foundKeys.get(name) ?? this.#foundKeys.keep(name, this.#findKeys(query));
  }

  /** Nothing but the index is read: it ends with the key, and holds live rows only. */
  #findKeys(query: RowQuery): readonly string[] {
    const { shape, sql, values } = selectByIndex(this.#name, this.#indexes, query);
    const statement = this.#keySelects.get(shape) ?? selectingArrays(this.#database, sql('key'));
    this.#keySelects.set(shape, statement);
    return statement.all(...values).map(([key]) => key);
  }

  scan(after: string | undefined, limit: number): readonly StoredRow[] {
    const sql = `SELECT ${rowColumns} FROM ${this.#table} WHERE key > ? ORDER BY key LIMIT ${bound}`;
    const from = `SELECT ${rowColumns} FROM ${this.#table} ORDER BY key LIMIT ${bound}`;
    const statement = this.#statement(after === undefined ? from : sql);
    const found = after === undefined ? statement.all(limit) : statement.all(after, limit);
    return found.map((each) => this.#known(each));
  }

  empty(): void {
    this.#database.exec(`DELETE FROM ${this.#table}`);
    this.forget();
  }

  #forgetFound(): void {
    this.#found.clear();
    this.#foundKeys.clear();
  }

  /** Whether the row is in memory and no index tells its new content from the old. */
  #sameIndexes({ key, row }: RowWrite): boolean {
    const before = this.#cache.get(key)?.row;
    if (before === undefined || row === undefined) return false;
    return this.#members.every((member) => row[member] === before[member]);
  }

  #indexed(row: JsonObject): readonly SqlValue[] {
    return this.#members.map((member) => indexedValue(row[member], member));
  }

  /** A row that is in memory with the same content is not parsed again; a long list does not push out hot rows. */
  #known(found: FoundRow): StoredRow {
    const [key, position, late] = found;
    const cached = this.#cache.get(key);
    const same = cached !== undefined && cached.position === position && (cached.late ?? null) === late;
    return same ? cached : storedRow(found);
  }

  #keep(stored: StoredRow): StoredRow {
    this.#cache.put(stored);
    return stored;
  }

  #statement(sql: string): Selecting<FoundRow> {
    const known = this.#queries.get(sql);
    if (known !== undefined) return known;
    const statement = selectingArrays<FoundRow>(this.#database, sql);
    this.#queries.set(sql, statement);
    return statement;
  }
}

/** Two statements, because SQLite rewrites the entries of every index on a column that is set, changed or not. */
function writeSql(table: string, members: readonly string[]): { readonly upsert: string; readonly update: string } {
  const columns = ['position', 'late', 'row', 'removed', ...members.map(column)];
  return {
    upsert: `INSERT INTO ${table} AS stored (key, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
      ON CONFLICT (key) DO UPDATE SET ${columns.map((each) => `${each} = excluded.${each}`).join(', ')}
      WHERE excluded.position > stored.position OR (excluded.late IS NOT NULL
        AND excluded.position = stored.position AND stored.late IS NOT excluded.late)`,
    update: `UPDATE ${table} SET position = ?1, late = ?2, row = ?3 WHERE key = ?4 AND
      (?1 > position OR (?2 IS NOT NULL AND ?1 = position AND late IS NOT ?2))`,
  };
}
