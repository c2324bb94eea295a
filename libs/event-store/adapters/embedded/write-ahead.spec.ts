import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aStream, idsOf, readOn } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';
import { verifyWriteAhead } from './write-ahead-check.ts';

const whole = new EmbeddedLog({ logId: 'log' });
const events = Array.from({ length: 60 }, () => anEvent({ text: 'x'.repeat(300) }));
const ids = idsOf(events);
/** A log as a crash leaves it: with a write-ahead file that holds everything. */
let log: EmbeddedLog;
let frames: number;

beforeAll(async () => {
  const store = await whole.connect();
  for (const event of events) await store.append(aStream(), [event], 'any');
  frames = (statSync(`${whole.path}-wal`).size - 32) / (4096 + 24);
});
afterAll(() => whole.destroy());
beforeEach(() => {
  log = whole.copy();
});
afterEach(() => log.destroy());

function change(edit: (bytes: Buffer) => Buffer): void {
  writeFileSync(`${log.path}-wal`, edit(readFileSync(`${log.path}-wal`)));
}

function flip(frame: number, offset: number): void {
  change((bytes) => {
    const at = 32 + (frame - 1) * (4096 + 24) + offset;
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    return bytes;
  });
}

describe('a write-ahead file', () => {
  it('that is whole after a crash gives back everything', async () => {
    const store = await log.connect();
    expect(idsOf(await readOn(store, undefined))).toEqual(ids);
  });

  it.each([
    ['in its page', 24 + 2000],
    ['in its checksum', 17],
    ['in its salt', 9],
    ['in its page number', 3],
    ['in its commit mark', 7],
  ])('with a frame damaged %s is reported, not cut short there', async (_, offset) => {
    for (const frame of [1, 7, Math.floor(frames / 2)]) {
      flip(frame, offset);
      await expect(checkEmbeddedLog(log.path)).rejects.toMatchObject({ code: 'damaged' });
      await expect(log.connect()).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining(`frame ${frame} `),
      });
      flip(frame, offset);
    }
    verifyWriteAhead(log.path);
  });

  it('with a damaged beginning is reported, not taken for none', async () => {
    change((bytes) => {
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      return bytes;
    });
    await expect(log.connect()).rejects.toMatchObject({ code: 'damaged' });
  });

  it('whose last write was cut by a crash ends before that write', async () => {
    for (const cut of [1, 100, 5000]) {
      copyFileSync(`${whole.path}-wal`, `${log.path}-wal`);
      change((bytes) => bytes.subarray(0, bytes.length - cut));
      verifyWriteAhead(log.path);
    }
    const store = await log.connect();
    expect(idsOf(await readOn(store, undefined))).toEqual(ids.slice(0, -1));
  });

  it('of zeros, as a crash leaves one that was never synced, is none', () => {
    change((bytes) => bytes.fill(0));
    verifyWriteAhead(log.path);
  });

  it('is not suspected while others write', async () => {
    const store = await log.connect();
    let writing = true;
    const write = async () => {
      while (writing) await store.append(aStream(), [anEvent({ text: 'x'.repeat(5000) })], 'any');
    };
    const writers = Array.from({ length: 8 }, write);
    for (let look = 0; look < 40; look++) {
      verifyWriteAhead(log.path);
      await new Promise(setImmediate);
    }
    writing = false;
    await Promise.all(writers);
  });
});
