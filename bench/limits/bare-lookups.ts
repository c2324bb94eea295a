import { DatabaseSync } from 'node:sqlite';

/** Rows of the size of a user's, by key, as the driver gives them: two are looked up and parsed at each turn. */
export function openBareLookups(rows: number): { lookUp(turn: number): unknown; close(): void } {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE bare (key TEXT PRIMARY KEY, row TEXT) WITHOUT ROWID');
  const insert = database.prepare('INSERT INTO bare VALUES (?, ?)');
  for (let row = 0; row < rows; row += 1) insert.run(`main|${row}`, JSON.stringify({ row, text: 'x'.repeat(400) }));
  const select = database.prepare('SELECT row FROM bare WHERE key = ?');
  const one = (turn: number) => JSON.parse(String(select.get(`main|${turn % rows}`)?.row));
  return {
    lookUp: (turn) => [one(turn * 7_919), one(turn)],
    close: () => database.close(),
  };
}
