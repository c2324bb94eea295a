import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Json, JsonObject, Position } from '@evident/event-store';
import { type AnyView, type RowWrite, type StoredRow, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import type { RowQuery } from '../../src/row-query.ts';
import { RowCache } from './row-cache.ts';
import { selectByIndex } from './row-query-sql.ts';
import { column, indexedMembers, quote } from './view-schema.ts';

/** What every adapter takes: the largest document of a MongoDB-wire server is 16 MiB. */
const largestRow = 8 * 1024 * 1024;

type SqlValue = string | number | null;

/** The rows of one view in one table, with the statements that reach them. Calls come inside a transaction or alone. */
export class ViewTable {
  readonly cache: RowCache;
  readonly #database: DatabaseSync;
  readonly #view: AnyView;
  readonly #name: string;
  readonly #table: string;
  readonly #members: readonly string[];
  readonly #select: StatementSync;
  readonly #upsert: StatementSync | undefined;
  #unsettled: RowWrite[] = [];
  readonly #queries = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, view: AnyView, options: { table: string; cacheRows: number; readOnly: boolean }) {
    this.#database = database;
    this.#view = view;
    this.#name = options.table;
    this.#table = quote(options.table);
    this.#members = indexedMembers(view);
    this.cache = new RowCache(options.cacheRows);
    this.#select = database.prepare(`SELECT position, late, row FROM ${this.#table} WHERE key = ?`);
    this.#upsert = options.readOnly ? undefined : database.prepare(upsertSql(this.#table, this.#members));
  }

  read(key: string): StoredRow | undefined {
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached;
    const found = this.#select.get(key);
    if (found === undefined) return undefined;
    const stored = storedRow(key, found);
    this.cache.put(stored);
    return stored;
  }

  /** Writes under the position guard. What is in memory follows with `settle`, when the transaction has ended. */
  write(write: RowWrite): void {
    if (this.#upsert === undefined) throw new ReadModelFault('misuse', 'opened for reading only');
    checkKey(write.key);
    const { row } = write;
    const text = row === undefined ? null : rowText(row, write.key);
    const values = this.#members.map((member) => indexedValue(row?.[member], this.#view, member));
    const { changes } = this.#upsert.run(write.key, write.position, write.late ?? null, text, ...values);
    if (changes !== 0) this.#unsettled.push(write);
  }

  settle(committed: boolean): void {
    if (this.#unsettled.length === 0) return;
    if (committed) for (const write of this.#unsettled) this.cache.put(write);
    this.#unsettled = [];
  }

  find(query: RowQuery): readonly StoredRow[] {
    const { sql, values } = selectByIndex(this.#view, this.#name, query);
    return this.#statement(sql)
      .all(...values)
      .map((found) => this.#known(found));
  }

  scan(after: string | undefined, limit: number): readonly StoredRow[] {
    const sql = `SELECT key, position, late, row FROM ${this.#table} WHERE key > ? ORDER BY key LIMIT ?`;
    const from = `SELECT key, position, late, row FROM ${this.#table} ORDER BY key LIMIT ?`;
    const found = after === undefined ? this.#statement(from).all(limit) : this.#statement(sql).all(after, limit);
    return found.map((each) => this.#known(each));
  }

  empty(): void {
    this.#database.exec(`DELETE FROM ${this.#table}`);
    this.cache.clear();
  }

  /** A row that is in memory with the same content is not parsed again; a long list does not push out hot rows. */
  #known(found: Record<string, unknown>): StoredRow {
    const key = String(found['key']);
    const cached = this.cache.get(key);
    const same =
      cached !== undefined && cached.position === found['position'] && (cached.late ?? null) === found['late'];
    return same ? cached : storedRow(key, found);
  }

  #statement(sql: string): StatementSync {
    const known = this.#queries.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#queries.set(sql, statement);
    return statement;
  }
}

function upsertSql(table: string, members: readonly string[]): string {
  const columns = ['position', 'late', 'row', ...members.map(column)];
  return `INSERT INTO ${table} AS stored (key, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
    ON CONFLICT (key) DO UPDATE SET ${columns.map((each) => `${each} = excluded.${each}`).join(', ')}
    WHERE excluded.position > stored.position OR (excluded.late IS NOT NULL
      AND excluded.position = stored.position AND stored.late IS NOT excluded.late)`;
}

function storedRow(key: string, found: Record<string, unknown>): StoredRow {
  const { position, late, row } = found as { position: Position; late: string | null; row: string | null };
  const content = row === null ? undefined : (JSON.parse(row) as JsonObject);
  return late === null ? { key, row: content, position } : { key, row: content, position, late };
}

function indexedValue(value: Json | undefined, view: AnyView, member: string): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'object')
    throw new ReadModelFault('unfit-row', `${viewId(view)}: index on ${member}, which holds an object`);
  return value;
}

function rowText(row: JsonObject, key: string): string {
  try {
    const text = JSON.stringify(row);
    if (text.startsWith('{') && text.length <= largestRow) return text;
    throw new Error(`${text.length} characters beginning with ${text.slice(0, 1)}`);
  } catch (error) {
    throw new ReadModelFault(
      'unfit-row',
      `row ${JSON.stringify(key)} is no JSON object of at most ${largestRow} characters`,
      { cause: error },
    );
  }
}

/** Text that is not well-formed has no UTF-8, so two such keys could become one. */
function checkKey(key: string): void {
  if (typeof key === 'string' && key.length <= 1024 && key.isWellFormed()) return;
  throw new ReadModelFault('unfit-row', `not a key: ${JSON.stringify(key).slice(0, 80)}`);
}
