import type { DatabaseSync } from 'node:sqlite';
import { type AnyView, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { selecting } from './selecting.ts';

export type Indexes = AnyView['indexes'];

/**
 * Makes a view's table and indexes, or brings the indexes of an existing one to what is declared now; tells whether
 * it changed anything. Call inside a transaction. Indexes hold live rows only and end with the key, which gives
 * every list one order.
 */
export function prepareViewTable(database: DatabaseSync, view: AnyView, table: string): boolean {
  const declared = JSON.stringify(view.indexes);
  const known = database.prepare('SELECT indexes FROM views WHERE name = ?').get(table)?.indexes;
  if (known === declared) return false;
  if (known === undefined) {
    database.exec(
      `CREATE TABLE ${quote(table)} (key TEXT PRIMARY KEY NOT NULL, position TEXT NOT NULL, late TEXT, row TEXT,
        removed INTEGER NOT NULL${indexedMembers(view.indexes)
          .map((member) => `, ${column(member)}`)
          .join('')})`,
    );
  } else {
    dropIndexes(database, table);
    addColumns(database, view.indexes, table);
  }
  view.indexes.forEach((members, place) => {
    const columns = [...members.map(column), 'key'].join(', ');
    database.exec(`CREATE INDEX ${quote(indexName(table, place))} ON ${quote(table)} (${columns}) WHERE removed = 0`);
  });
  database.prepare('INSERT OR REPLACE INTO views (name, indexes) VALUES (?, ?)').run(table, declared);
  return true;
}

/** What a table was prepared with; undefined where it was not. */
export function preparedIndexes(database: DatabaseSync, table: string): Indexes | undefined {
  const found = selecting<{ readonly indexes: string }>(database, 'SELECT indexes FROM views WHERE name = ?').get(
    table,
  );
  return found === undefined ? undefined : (JSON.parse(found.indexes) as Indexes);
}

/** Tables of views that were prepared, each with the id of its view. */
export function preparedTables(database: DatabaseSync): readonly { readonly table: string; readonly view: string }[] {
  const found = selecting<{ readonly name: string }>(database, 'SELECT name FROM views').all();
  return found.map(({ name }) => ({ table: name, view: name.split(' ', 1)[0] ?? '' }));
}

export function isPrepared(database: DatabaseSync, table: string): boolean {
  return preparedIndexes(database, table) !== undefined;
}

export function dropViewTable(database: DatabaseSync, table: string): void {
  database.exec(`DROP TABLE IF EXISTS ${quote(table)}`);
  database.prepare('DELETE FROM views WHERE name = ?').run(table);
}

/** Deletes so many rows of a table that nobody reads; tells whether there were any. */
export function deleteSomeRows(database: DatabaseSync, table: string, count: number): boolean {
  if (!isPrepared(database, table)) return false;
  const name = quote(table);
  return (
    database.prepare(`DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} LIMIT ?)`).run(count).changes !== 0
  );
}

/** The table of a view in one generation. */
export function tableName(view: AnyView, generation: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(view.name) || !Number.isSafeInteger(view.version) || view.version < 1) {
    throw new ReadModelFault('misuse', `not the name of a view: ${viewId(view)}`);
  }
  if (!/^[a-z]{1,16}$/.test(generation)) throw new ReadModelFault('misuse', `not a generation: ${generation}`);
  return `${viewId(view)} ${generation}`;
}

export function indexName(table: string, place: number): string {
  return `${table} ${place}`;
}

export function indexedMembers(indexes: Indexes): readonly string[] {
  return [...new Set(indexes.flat())].sort();
}

/** Members become columns under a prefix that keeps them apart from `key`, `position`, `late`, `row` and `removed`. */
export function column(member: string): string {
  return quote(`$${member}`);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function dropIndexes(database: DatabaseSync, table: string): void {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL";
  const names = selecting<{ readonly name: string }>(database, sql).all(table);
  for (const { name } of names) database.exec(`DROP INDEX ${quote(name)}`);
}

function addColumns(database: DatabaseSync, indexes: Indexes, table: string): void {
  const found = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  const present = new Set(found.map(({ name }) => name));
  for (const member of indexedMembers(indexes)) {
    if (present.has(`$${member}`)) continue;
    database.exec(`ALTER TABLE ${quote(table)} ADD COLUMN ${column(member)}`);
    const path = `$.${JSON.stringify(member)}`;
    const fill = `UPDATE ${quote(table)} SET ${column(member)} = json_extract(row, ?) WHERE removed = 0`;
    database.prepare(fill).run(path);
  }
}
