import type { DatabaseSync } from 'node:sqlite';
import { type AnyView, viewId } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';

/**
 * Makes a view's table and indexes, or brings the indexes of an existing one to what is declared now. Call inside a
 * transaction. Indexes hold live rows only and end with the key, which gives every list one order.
 */
export function prepareViewTable(database: DatabaseSync, view: AnyView, table: string): void {
  const declared = JSON.stringify(view.indexes);
  const known = database.prepare('SELECT indexes FROM views WHERE name = ?').get(table)?.indexes;
  if (known === declared) return;
  if (known === undefined) {
    database.exec(
      `CREATE TABLE ${quote(table)} (key TEXT PRIMARY KEY NOT NULL, position TEXT NOT NULL, late TEXT, row TEXT,
        removed INTEGER NOT NULL)`,
    );
  } else {
    dropIndexes(database, table);
  }
  addColumns(database, view, table);
  view.indexes.forEach((members, place) => {
    const columns = [...members.map(column), 'key'].join(', ');
    database.exec(`CREATE INDEX ${quote(indexName(table, place))} ON ${quote(table)} (${columns}) WHERE removed = 0`);
  });
  database.prepare('INSERT OR REPLACE INTO views (name, indexes) VALUES (?, ?)').run(table, declared);
}

export function dropViewTable(database: DatabaseSync, table: string): void {
  database.exec(`DROP TABLE IF EXISTS ${quote(table)}`);
  database.prepare('DELETE FROM views WHERE name = ?').run(table);
}

/** The table of a view in one generation of its group. */
export function tableName(view: AnyView, generation: number): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(view.name) || !Number.isSafeInteger(view.version) || view.version < 1) {
    throw new ReadModelFault('misuse', `not the name of a view: ${viewId(view)}`);
  }
  return generation === 1 ? viewId(view) : `${viewId(view)}+${generation}`;
}

export function indexName(table: string, place: number): string {
  return `${table}#${place}`;
}

export function indexedMembers(view: AnyView): readonly string[] {
  return [...new Set(view.indexes.flat())].sort();
}

/** Members become columns under a prefix that keeps them apart from `key`, `position`, `late` and `row`. */
export function column(member: string): string {
  return quote(`$${member}`);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function dropIndexes(database: DatabaseSync, table: string): void {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL")
    .all(table);
  for (const { name } of names) database.exec(`DROP INDEX ${quote(String(name))}`);
}

function addColumns(database: DatabaseSync, view: AnyView, table: string): void {
  const present = new Set(
    database
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name),
  );
  for (const member of indexedMembers(view)) {
    if (present.has(`$${member}`)) continue;
    database.exec(`ALTER TABLE ${quote(table)} ADD COLUMN ${column(member)}`);
    const path = `$.${JSON.stringify(member)}`;
    database.prepare(`UPDATE ${quote(table)} SET ${column(member)} = json_extract(row, ?) WHERE removed = 0`).run(path);
  }
}
