import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, appendEach, aStream, assertAppended, idsOf, readOn } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

const large = (text = 'x') => anEvent({ text: text.repeat(100_000) });

/** Appends until the store says that there is no room; gives the ids that were acknowledged. */
async function fill(store: EventStore): Promise<string[]> {
  const acknowledged: string[] = [];
  for (;;) {
    const event = large();
    try {
      assertAppended(await store.append(aStream(), [event], 'no-stream'));
    } catch (fault) {
      expect(fault).toMatchObject({ code: 'disk-full' });
      return acknowledged;
    }
    acknowledged.push(event.id);
  }
}

describe('a log that has reached its bound', () => {
  it('acknowledges nothing that it has no room for, and takes what it has room for', async () => {
    const store = await log.connect({ maxBytes: 1_000_000 });
    const acknowledged = await fill(store);
    const small = Array.from({ length: 5 }, () => anEvent());
    await appendEach(store, aStream(), small);
    expect(idsOf(await readOn(store, undefined))).toEqual([...acknowledged, ...idsOf(small)]);
    await store.close();
    expect((await checkEmbeddedLog(log.path)).problems).toEqual([]);
  });
});

/** A file system of 6 MB for the log, where this user may mount one. */
function mounted(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory], { stdio: 'ignore' });
    return statfsSync(directory).blocks * statfsSync(directory).bsize < 7_000_000;
  } catch {
    return false;
  }
}

describe('a disk that is full', () => {
  it('loses no acknowledged append, and appends work again once there is space', async ({ skip }) => {
    const directory = join(log.directory, 'small');
    mkdirSync(directory);
    if (!mounted(directory)) skip('no file system can be mounted here');
    try {
      const path = join(directory, 'events.db');
      const ballast = join(directory, 'ballast');
      writeFileSync(ballast, Buffer.alloc(2_000_000));
      const store = await log.connect({ path });
      const acknowledged = await fill(store);
      expect(acknowledged.length).toBeGreaterThan(3);
      const reader = await log.connect({ path, readOnly: true });
      expect(idsOf(await readOn(reader, undefined))).toEqual(acknowledged);
      rmSync(ballast);
      const event = anEvent();
      assertAppended(await store.append(aStream(), [event], 'no-stream'));
      expect(idsOf(await readOn(reader, undefined))).toEqual([...acknowledged, event.id]);
      await log.closeAll();
      expect((await checkEmbeddedLog(path)).problems).toEqual([]);
    } finally {
      await log.closeAll();
      execFileSync('umount', [directory]);
    }
  });
});
