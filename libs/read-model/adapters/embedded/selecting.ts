import type { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from './row-encoding.ts';

/** A statement that selects, with the shape of what it finds: SQLite itself only says that there are members. */
export interface Selecting<Found> {
  get(...values: readonly SqlValue[]): Found | undefined;
  all(...values: readonly SqlValue[]): readonly Found[];
}

/** Columns by their names. */
export function selecting<Found>(database: DatabaseSync, sql: string): Selecting<Found> {
  return database.prepare(sql) as unknown as Selecting<Found>;
}

/** Columns in their order: an object with names for each row costs as much as finding it. */
export function selectingArrays<Found extends readonly unknown[]>(
  database: DatabaseSync,
  sql: string,
): Selecting<Found> {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as Selecting<Found>;
}
