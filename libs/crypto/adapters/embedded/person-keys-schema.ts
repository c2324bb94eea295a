/**
 * `erased_persons.number` rises with each erasure and is never used twice, so a process that has seen number n finds
 * what others erased since with one index range.
 */
export const SCHEMA = `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE person_keys (person TEXT PRIMARY KEY, wrapped TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE erased_persons (number INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL UNIQUE) STRICT;
`;

export const SCHEMA_VERSION = 1;

/** Milliseconds that a statement waits for another process's transaction. */
export const BUSY_TIMEOUT_MS = 5_000;
