import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { people, write } from '../../contract/people.ts';
import { openEmbeddedReadModel } from './index.ts';
import { ReadModelFile } from './read-model-file.ts';

it('tells why a transaction failed that cannot be undone at once, and undoes it before anything else is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evident-read-model-'));
  const path = join(folder, 'read-models.db');
  const prepared = await openEmbeddedReadModel({ path });
  await prepared.prepare([people]);
  await prepared.close();
  const database = new DatabaseSync(path);
  const exec = database.exec.bind(database);
  let refusals = 1;
  database.exec = (sql) => {
    if (sql === 'ROLLBACK' && refusals-- > 0) throw new Error('disk I/O error');
    exec(sql);
  };
  const file = new ReadModelFile(database, { path, readOnly: false, cacheRows: 10 });
  const [{ name = '' } = {}] = database.prepare(`SELECT name FROM sqlite_schema WHERE name LIKE '%people%'`).all();
  const rows = file.table(String(name));
  const row = (of: string) => write(of, { tenant: 'main', name: of, note: '' }, 1);
  const failing = file.write(() => {
    rows.write(row('undone'));
    throw new Error('why it failed');
  });
  await expect(failing).rejects.toThrow('why it failed');
  // Meanwhile it is still there for this connection.
  expect(rows.read('undone')).toBeDefined();
  await file.write(() => rows.write(row('kept')));
  expect(rows.read('undone')).toBeUndefined();
  expect(rows.read('kept')).toMatchObject({ row: { name: 'kept' } });
  await file.close();
  rmSync(folder, { recursive: true });
});
