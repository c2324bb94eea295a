import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, appendEach, aStream, readOn } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';
import { readLogHead } from './log-head.ts';

let log: EmbeddedLog;
let store: EventStore;
const stream = aStream();
beforeEach(async () => {
  log = new EmbeddedLog();
  store = await log.connect();
});
afterEach(() => log.destroy());

/** So many events of the stream, another's between them; what they say is found in a file by its bytes. */
async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++)
    await appendEach(store, number % 3 === 2 ? aStream() : stream, [anEvent({ said: `secret-${number}-said` })]);
}
const bytes = () => ['', '-wal'].map((end) => readFileSync(log.path + end, 'latin1')).join('');
const change = (sql: string) => {
  const database = new DatabaseSync(log.path);
  database.exec(sql);
  database.close();
};

describe('what was let go of a stream', () => {
  it('is in no file any more, in the write-ahead file neither; what is left is', async () => {
    await write(60);
    expect(bytes()).toContain('secret-4-said');
    await store.truncateStream(stream, 30);
    const left = bytes();
    expect([...left.matchAll(/secret-(\d+)-said/g)].map(([, number]) => Number(number))).not.toContain(4);
    expect(left).toContain('secret-5-said');
    expect(left).toContain('secret-58-said');
  });

  it('is no damage: the whole check, the head of the log and a restart find the log whole', async () => {
    await write(300);
    await store.truncateStream(stream, 150);
    expect(await checkEmbeddedLog(log.path)).toMatchObject({ problems: [], events: 150 });
    expect(readLogHead(log.path).events).toBe(150);
    await store.close();
    store = await log.connect();
    expect(await readOn(store, undefined, 7)).toHaveLength(150);
  });

  it('leaves the log readable while a reader keeps the write-ahead file, which is emptied after it', async () => {
    await write(60);
    const reader = new DatabaseSync(log.path, { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    await store.truncateStream(stream, 30);
    reader.exec('COMMIT');
    reader.close();
    await appendEach(store, aStream(), [anEvent()]);
    expect(bytes()).not.toContain('secret-4-said');
  });
});

describe('an event that is missing for another reason', () => {
  it('is damage as ever, beside what was let go and elsewhere', async () => {
    await write(300);
    const [, middle] = [
      await store.truncateStream(stream, 100),
      await store.readStream(stream, { from: 150, limit: 1 }),
    ];
    const place = Number(middle[0]?.position.slice(-16));
    change(`DELETE FROM events WHERE place = ${place}`);
    await expect(readOn(store, undefined)).rejects.toMatchObject({ code: 'damaged' });
    await expect(store.readStream(stream)).rejects.toMatchObject({ code: 'damaged' });
    await expect(store.readAllBackwards(undefined, 1_000)).rejects.toMatchObject({ code: 'damaged' });
    expect((await checkEmbeddedLog(log.path)).problems.join()).toContain('is missing');
  });

  it('is found where the end of the stream is missing, whatever the beginning', async () => {
    await write(60);
    await store.truncateStream(stream, 20);
    change(`DELETE FROM streams WHERE name = '${stream}'`);
    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({ code: 'damaged' });
    await expect(log.connect()).rejects.toMatchObject({ code: 'damaged' });
  });

  it('is found by the whole check where somebody calls its place emptied and lets the stream begin later', async () => {
    await write(300);
    await store.truncateStream(stream, 100);
    const other = await readOn(store, undefined);
    const victim = other.find((event) => event.stream !== stream);
    const place = Number(victim?.position.slice(-16));
    change(`DELETE FROM events WHERE place = ${place}; INSERT INTO emptied_places VALUES (${place})`);
    expect((await checkEmbeddedLog(log.path)).problems).not.toEqual([]);
  });
});

describe('a program of before', () => {
  it('is told by the format number that it cannot read a log of which something was let go', async () => {
    await write(6);
    const version = () => {
      const database = new DatabaseSync(log.path, { readOnly: true });
      const found = database.prepare('PRAGMA user_version').get()?.user_version;
      database.close();
      return found;
    };
    expect(version()).toBe(1);
    await store.truncateStream(stream, 2);
    expect(version()).toBe(2);
  });
});
