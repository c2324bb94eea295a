import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { group, people, upTo, write, writesTo } from '../../contract/people.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { type EmbeddedReadModelOptions, openEmbeddedReadModel } from './index.ts';

let folder: string;
let path: string;
let notices: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evident-read-model-'));
  path = join(folder, 'read-models.db');
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (options: Partial<EmbeddedReadModelOptions> = {}) =>
  openEmbeddedReadModel({ path, report: (notice) => notices.push(notice), ...options });

/** Makes a sound file with so many rows in it. */
async function fill(rows: number): Promise<void> {
  const store = await open();
  await store.prepare([people]);
  const { epoch } = await store.takeOver(group);
  const writes = Array.from({ length: rows }, (_, place) =>
    write(`key-${place}`, { tenant: 'main', name: `name-${place}`, note: 'x'.repeat(300) }, 1),
  );
  await store.applyBatch(group, { epoch, progress: upTo(1), writes: writesTo(people, ...writes) });
  await store.close();
}

function overwrite(from: number, bytes: number): void {
  writeSync(openSync(path, 'r+'), Buffer.alloc(bytes, 0xab), 0, bytes, from);
}

async function faultOf(work: Promise<unknown>): Promise<ReadModelFault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ReadModelFault) return error;
  throw new Error(`no fault but ${String(error)}`);
}

describe('the file of a read model', () => {
  it('is made for its owner alone, and what lies beside it too', async () => {
    const store = await open();
    await store.prepare([people]);
    const modes = readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]);
    expect(modes).toEqual([
      ['read-models.db', '600'],
      ['read-models.db-shm', '600'],
      ['read-models.db-wal', '600'],
    ]);
    await store.close();
  });

  it('may be empty', async () => {
    writeFileSync(path, '');
    await (await open()).close();
    expect(notices).toEqual([]);
  });

  it.each([
    ['no database at all', () => writeFileSync(path, 'garbage '.repeat(1000))],
    ['overwritten at its head', () => overwrite(0, 4096)],
    ['overwritten in the middle', () => overwrite(40_960, 8192)],
    ['cut off', () => truncateSync(path, 50_000)],
  ])('is moved aside and begun anew where it is %s', async (_what, damage) => {
    await fill(500);
    damage();
    const store = await open();
    expect(await store.readCheckpoint(group)).toBeUndefined();
    await store.close();
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('built again from the log');
    expect(readdirSync(folder).filter((name) => name.includes('.aside-'))).not.toEqual([]);
    await (await open()).close();
    expect(notices).toHaveLength(1);
  });

  it('is moved aside at the next start where damage shows while it is used', async () => {
    await fill(500);
    const store = await open();
    overwrite(40_960, 60_000);
    const fault = await faultOf(store.scan(people, { limit: 1000 }));
    expect([fault.code, fault.message]).toEqual(['damaged', expect.stringContaining('next start')]);
    await store.close();
    await fill(10);
    expect(notices).toEqual([expect.stringContaining('found damaged while it was used')]);
    await (await open()).close();
    expect(notices).toHaveLength(1);
  });

  it('is moved aside where another version wrote it', async () => {
    await fill(5);
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const store = await open();
    expect([await store.readCheckpoint(group), notices]).toEqual([undefined, [expect.stringContaining('schema 99')]]);
    await store.close();
  });

  it('is refused, and left as it is, where it is a sound file of something else', async () => {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE events (id TEXT)');
    database.close();
    const fault = await faultOf(open());
    expect([fault.code, fault.message]).toEqual(['misuse', expect.stringContaining('another path')]);
    expect(readdirSync(folder)).toEqual(['read-models.db']);
  });

  it('is not made where its folder is missing', async () => {
    expect((await faultOf(open({ path: join(folder, 'missing', 'read-models.db') }))).code).toBe('unavailable');
  });
});

describe('opened for reading only', () => {
  it('reads what another writes, and writes nothing', async () => {
    await fill(5);
    const reader = await open({ readOnly: true });
    await reader.prepare([people]);
    expect((await reader.get(people, 'key-3'))?.name).toBe('name-3');
    expect((await faultOf(reader.takeOver(group))).code).toBe('unavailable');
    await reader.close();
  });

  it('is neither made nor moved', async () => {
    expect((await faultOf(open({ readOnly: true }))).code).toBe('unavailable');
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'garbage '.repeat(1000));
    expect((await faultOf(open({ readOnly: true }))).code).toBe('damaged');
    expect([readdirSync(folder), notices]).toEqual([['read-models.db'], []]);
  });
});

it('a batch for which there is no room is refused whole, and goes through once there is', async () => {
  await fill(5);
  const small = await open({ maxBytes: 80 * 4096 });
  const { epoch } = await small.takeOver(group);
  const rows = Array.from({ length: 2000 }, (_, place) =>
    write(`more-${place}`, { tenant: 'main', name: 'x', note: 'x'.repeat(300) }, 2),
  );
  const batch = { epoch, progress: upTo(2), writes: writesTo(people, ...rows) };
  expect((await faultOf(small.applyBatch(group, batch))).code).toBe('disk-full');
  expect((await small.readCheckpoint(group))?.events).toBe(1);
  expect(await small.get(people, 'more-1')).toBeUndefined();
  expect((await small.get(people, 'key-1'))?.name).toBe('name-1');
  await small.close();
  const roomy = await open();
  expect(await roomy.applyBatch(group, batch)).toEqual({ outcome: 'applied' });
  await roomy.close();
});
