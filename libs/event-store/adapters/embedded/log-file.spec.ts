import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aStream } from '../../contract/sample-events.ts';
import { installNewest } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { openEmbeddedEventStore } from './index.ts';

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

const opening = (path = log.path, more = {}) => openEmbeddedEventStore({ path, ...more });

describe('a log that is made', () => {
  it('belongs to its owner alone, with its side files', async () => {
    const store = await log.connect();
    await store.append(aStream(), [anEvent()], 'any');
    for (const end of ['', '-wal', '-shm'])
      expect((statSync(log.path + end).mode & 0o777).toString(8), end).toBe('600');
  });

  it('is one, however many processes make it at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => log.connect()));
    expect(new Set(stores.map(({ logId }) => logId)).size).toBe(1);
    await log.closeAll();
    expect(readdirSync(log.directory)).toEqual(['events.db']);
  });

  it('may be given its id, which then stays', async () => {
    expect((await log.connect({ logId: 'given' })).logId).toBe('given');
    expect((await log.connect({ logId: 'other' })).logId).toBe('given');
    await expect(opening(join(log.directory, 'b.db'), { logId: 'Not~An Id' })).rejects.toMatchObject({
      code: 'misuse',
    });
  });

  it('is not made where the write-ahead file of a lost one lies', async () => {
    const store = await log.connect();
    await store.append(aStream(), [anEvent()], 'any');
    rmSync(log.path);
    await expect(opening()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('put the log back'),
    });
    expect(existsSync(log.path)).toBe(false);
  });
});

describe('opening says what is wrong, for', () => {
  it('a directory that is missing', async () => {
    const path = join(log.directory, 'missing', 'events.db');
    await expect(opening(path)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/missing.*does not exist: create it/),
    });
  });

  it('a path that is no file', async () => {
    mkdirSync(log.path);
    await expect(opening()).rejects.toMatchObject({ code: 'misuse', message: expect.stringContaining('not a file') });
  });

  it('a log that is missing where it may only be read', async () => {
    await expect(opening(log.path, { readOnly: true })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not exist'),
    });
    expect(readdirSync(log.directory)).toEqual([]);
  });

  it('a file that is no database', async () => {
    writeFileSync(log.path, 'this is the diary of somebody else\n'.repeat(200));
    await expect(opening()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('not an event log'),
    });
  });

  it('an empty file, which is never taken for a new log', async () => {
    writeFileSync(log.path, '');
    await expect(opening()).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('is empty') });
    expect(statSync(log.path).size).toBe(0);
  });

  it('a database of another program', async () => {
    const other = new DatabaseSync(log.path);
    other.exec('CREATE TABLE theirs (id INTEGER)');
    other.close();
    await expect(opening()).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('another program'),
    });
  });

  it('a log of a newer version', async () => {
    await (await log.connect()).close();
    const raw = new DatabaseSync(log.path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    await expect(opening()).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringMatching(/newer version.*99/),
      remedy: installNewest,
    });
  });

  it('a log that was cut short', async () => {
    const store = await log.connect();
    for (let each = 0; each < 20; each++) await store.append(aStream(), [anEvent({ text: 'x'.repeat(2000) })], 'any');
    await store.close();
    truncateSync(log.path, Math.floor(statSync(log.path).size / 2));
    await expect(opening()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('evident doctor'),
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    'a file that this user may not write (skipped for the superuser, who may)',
    async () => {
      await (await log.connect()).close();
      chmodSync(log.path, 0o400);
      await expect(opening()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('cannot be read and written'),
      });
    },
  );
});

describe('a store that may only read', () => {
  it('sees what others write, follows it, and writes nothing', async () => {
    const store = await log.connect();
    const reader = await log.connect({ readOnly: true });
    const stream = aStream();
    await store.append(stream, [anEvent()], 'no-stream');
    expect(await reader.readStream(stream)).toHaveLength(1);
    await expect(reader.append(stream, [anEvent()], 'any')).rejects.toMatchObject({ code: 'misuse' });
    const stop = new AbortController();
    for await (const batch of reader.follow(undefined, { signal: stop.signal })) {
      expect(batch).toHaveLength(1);
      stop.abort();
    }
  });

  it('opens a log that nobody else has open', async () => {
    const stream = aStream();
    const store = await log.connect();
    await store.append(stream, [anEvent()], 'no-stream');
    await store.close();
    expect(await (await log.connect({ readOnly: true })).readStream(stream)).toHaveLength(1);
  });
});

describe('a store of one tenant', () => {
  it('refuses events of another', async () => {
    const store = await log.connect({ tenant: 'other' });
    await expect(store.append(aStream(), [anEvent()], 'any')).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('tenant main'),
    });
  });
});
