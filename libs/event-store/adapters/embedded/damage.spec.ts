import { closeSync, copyFileSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aStream, readOn } from '../../contract/sample-events.ts';
import { type EventStore, EventStoreFault } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';

const whole = new EmbeddedLog({ logId: 'log' });
let log: EmbeddedLog;
const streams = Array.from({ length: 12 }, () => aStream());

beforeAll(async () => {
  const store = await whole.connect();
  const numbers = Array.from({ length: 240 }, (_, number) => number);
  await Promise.all(
    numbers.map((number) =>
      store.append(streams[number % 12] ?? '', [anEvent({ number, text: `text ${number}`.repeat(20) })], 'any'),
    ),
  );
  await store.close();
});
afterAll(() => whole.destroy());
beforeEach(() => {
  log = whole.copy();
});
afterEach(() => log.destroy());

/** Everything that can be read: each stream whole and by its end, and the log. */
async function readEverything(store: EventStore): Promise<unknown[]> {
  const read: unknown[] = [await readOn(store, undefined, 50), await store.lastPosition()];
  for (const stream of streams)
    read.push(
      await store.readStream(stream),
      await store.readStreamEnd(stream, 2),
      await store.readStream(stream, { from: 3, limit: 2 }),
    );
  return read;
}

function edit(sql: string): void {
  const raw = new DatabaseSync(log.path);
  raw.exec(sql);
  raw.close();
}

describe('one flipped bit anywhere in the file', () => {
  it('is a fault or changes no answer, never a shorter or another answer', async () => {
    const whole = await log.connect();
    const due = JSON.stringify(await readEverything(whole));
    await whole.close();
    const size = readFileSync(log.path).length;
    const rounds = Number(process.env.DAMAGE_ROUNDS ?? 60);
    const copy = `${log.path}.copy`;
    let reported = 0;
    for (let round = 0; round < rounds; round++) {
      copyFileSync(log.path, copy);
      flipBit(copy, Math.floor(((round + 0.5) / rounds) * size) + ((round * 7919) % 97), round % 8);
      try {
        const store = await log.connect({ path: copy, readOnly: true });
        expect(JSON.stringify(await readEverything(store)), `round ${round}`).toBe(due);
      } catch (fault) {
        if (!(fault instanceof EventStoreFault)) throw fault;
        reported++;
      } finally {
        for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true });
      }
    }
    expect(reported).toBeGreaterThan(rounds / 4);
  });
});

describe('damage names its place, for', () => {
  const cases: readonly [what: string, sql: string, read: (store: EventStore) => Promise<unknown>, message: RegExp][] =
    [
      [
        'an event whose text changed',
        `UPDATE events SET event = replace(event, 'text 7', 'text 8') WHERE place = 8`,
        (store) => store.readStream(streams[7] ?? ''),
        /log~0000000000000008 is not what was written/,
      ],
      [
        'an event whose time changed',
        'UPDATE events SET recorded_at = recorded_at + 1 WHERE place = 8',
        (store) => store.readAll(undefined, 20),
        /log~0000000000000008 is not what was written/,
      ],
      [
        'an event moved to another stream',
        `UPDATE events SET stream = '${streams[8]}' WHERE place = 116`,
        (store) => store.readStream(streams[7] ?? ''),
        /lacks its revision 9/,
      ],
      [
        'an event that is gone',
        'DELETE FROM events WHERE place = 100',
        (store) => store.readAll(undefined, 200),
        /position log~0000000000000100 is missing/,
      ],
      [
        'an event of a stream that is gone',
        'DELETE FROM events WHERE place = 100',
        (store) => store.readStream(streams[3] ?? ''),
        /lacks its revision 8/,
      ],
      [
        'a stream whose row is gone',
        `DELETE FROM streams WHERE name = '${streams[3]}'`,
        (store) => store.readStream(streams[3] ?? ''),
        /has lost its end/,
      ],
      [
        'a stream that ends too early',
        `UPDATE streams SET revision = 18 WHERE name = '${streams[3]}'`,
        (store) => store.readStream(streams[3] ?? ''),
        /lacks its revision 18/,
      ],
    ];

  it.each(cases)('%s', async (_, sql, read, message) => {
    const store = await log.connect();
    edit(sql);
    await expect(read(store)).rejects.toMatchObject({ code: 'damaged', message: expect.stringMatching(message) });
    const { problems } = await checkEmbeddedLog(log.path);
    expect(problems).not.toEqual([]);
  });

  it('a log that lost its last event, which is noticed when it is opened', async () => {
    edit('DELETE FROM events WHERE place = 240');
    await expect(log.connect()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('log~0000000000000240 is missing'),
    });
  });
});

describe('appends to a damaged log', () => {
  it('are refused where it lost its end, for its places would be given twice', async () => {
    const store = await log.connect();
    edit('DELETE FROM events WHERE place = 240');
    await expect(store.append(aStream(), [anEvent()], 'any')).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('do not end'),
    });
  });

  it('are refused to a stream that lost its row, which would begin a second time', async () => {
    const store = await log.connect();
    edit(`DELETE FROM streams WHERE name = '${streams[3]}'`);
    await expect(store.append(streams[3] ?? '', [anEvent()], 'no-stream')).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('has lost its end'),
    });
  });
});

function flipBit(path: string, at: number, bit: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
