import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { group, people, upTo, write, writesTo } from '../../contract/people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openEmbeddedReadModel } from './index.ts';

let folder: string;
let path: string;
let store: ReadModelStore;
let other: DatabaseSync;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-read-model-'));
  path = join(folder, 'read-models.db');
  store = await openEmbeddedReadModel({ path });
  await store.prepare([people]);
  other = new DatabaseSync(path);
});
afterEach(async () => {
  other.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const row = (name: string) => writesTo(people, write('key', { tenant: 'main', name, note: '' }, 1));

describe('while another process holds the lock of writers', () => {
  it('a batch waits, everything else goes on, and the batch is there once the lock is given back', async () => {
    const { epoch } = await store.takeOver(group);
    await store.applyBatch(group, { epoch, progress: upTo(1), writes: row('before') });
    other.exec('BEGIN IMMEDIATE');
    const applied = store.applyBatch(group, { epoch, progress: upTo(2), writes: new Map() });
    let waits = true;
    void applied.finally(() => {
      waits = false;
    });
    expect(await store.get(people, 'key')).toMatchObject({ name: 'before' });
    await new Promise(setImmediate);
    expect(waits).toBe(true);
    other.exec('ROLLBACK');
    expect(await applied).toEqual({ outcome: 'applied' });
  });

  it('taking over waits too', async () => {
    other.exec('BEGIN IMMEDIATE');
    const taken = store.takeOver(group);
    expect(await store.readCheckpoint(group)).toBeUndefined();
    other.exec('ROLLBACK');
    expect((await taken).epoch).toBeGreaterThan(0);
  });
});
