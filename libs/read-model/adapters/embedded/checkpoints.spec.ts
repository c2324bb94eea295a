import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, group, people, upTo, writesTo } from '../../contract/people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { Checkpoints } from './checkpoints.ts';
import { openEmbeddedReadModel } from './index.ts';

let folder: string;
let path: string;
let store: ReadModelStore;
let epoch: number;
let place = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-read-model-'));
  path = join(folder, 'read-models.db');
  store = await openEmbeddedReadModel({ path });
  await store.prepare([people]);
  ({ epoch } = await store.takeOver(group));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function writeRows(rows: number, note = 'x'.repeat(300)): Promise<void> {
  place += 1;
  const written = Array.from({ length: rows }, (_, n) => ({
    key: `key-${place}-${n}`,
    row: { tenant: 'main', name: `name-${n}`, note },
    position: at(place),
  }));
  await store.applyBatch(group, { epoch, progress: upTo(place), writes: writesTo(people, ...written) });
}

const size = (of: string) => statSync(of, { throwIfNoEntry: false })?.size ?? 0;

describe('what is written to the file of a read model', () => {
  it('is carried over from the write-ahead log long before SQLite would do it on the event loop', async () => {
    const before = size(path);
    await writeRows(1_200);
    await expect.poll(() => size(path), { timeout: 10_000 }).toBeGreaterThan(before);
    // 32,768 pages are SQLite's turn.
    expect(size(`${path}-wal`)).toBeLessThan(32_768 * 4096);
  });

  it('keeps the write-ahead log within its bound, however much is written without a pause', async () => {
    const other = join(folder, 'other.db');
    const database = new DatabaseSync(other);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE notes (note TEXT)');
    const insert = database.prepare('INSERT INTO notes VALUES (?)');
    const checkpoints = new Checkpoints(other, { rows: 100, mostPages: 200 });
    for (let n = 0; n < 100; n += 1) {
      await checkpoints.room;
      database.exec('BEGIN IMMEDIATE');
      for (let row = 0; row < 100; row += 1) insert.run('x'.repeat(2_000));
      database.exec('COMMIT');
      checkpoints.committed(100);
      await new Promise(setImmediate);
    }
    await checkpoints.end();
    expect(size(other) + size(`${other}-wal`)).toBeGreaterThan(5_000 * 4096);
    expect(size(`${other}-wal`)).toBeLessThan(2_500 * 4096);
    database.close();
  });

  it('is all there after an end, with nothing left beside the file', async () => {
    await writeRows(1_200);
    await store.close();
    expect([size(`${path}-wal`), size(`${path}-shm`)]).toEqual([0, 0]);
    store = await openEmbeddedReadModel({ path });
    expect(await store.scan(people, { limit: 2_000 })).toHaveLength(1_200);
  });

  it('leaves no page of what was removed in the write-ahead log once that is asked for', async () => {
    await writeRows(1_200);
    await store.scrub();
    expect(size(`${path}-wal`)).toBe(0);
  });
});
