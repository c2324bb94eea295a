import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, aStream, assertAppended, idsOf, readOn, someEvents } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { adoptNewLogId, backUpEmbeddedLog, checkEmbeddedLog } from './index.ts';

let log: EmbeddedLog;
let store: EventStore;
let to: string;
beforeEach(async () => {
  log = new EmbeddedLog();
  store = await log.connect();
  to = join(log.directory, 'backup.db');
});
afterEach(() => log.destroy());

describe('a backup', () => {
  it('under load has all that was acknowledged before it began, and is one moment of the log', async () => {
    const acknowledged: string[] = [];
    let writing = true;
    const many = Promise.withResolvers<void>();
    const write = async () => {
      while (writing) {
        const events = someEvents(3);
        assertAppended(await store.append(aStream(), events, 'no-stream'));
        acknowledged.push(...idsOf(events));
        if (acknowledged.length >= 300) many.resolve();
      }
    };
    const writers = Promise.all(Array.from({ length: 8 }, write));
    await Promise.race([many.promise, writers]);
    const before = [...acknowledged];
    const backup = await backUpEmbeddedLog(log.path, to);
    writing = false;
    await writers;

    const copy = await log.connect({ path: to, readOnly: true });
    const events = await readOn(copy, undefined, 1000);
    const kept = new Set(idsOf(events));
    expect(before.filter((id) => !kept.has(id))).toEqual([]);
    expect(events.length % 3).toBe(0);
    expect(events).toEqual((await readOn(store, undefined, 1000)).slice(0, events.length));
    expect(backup).toEqual({ logId: store.logId, position: events.at(-1)?.position, bytes: statSync(to).size });
    expect((await checkEmbeddedLog(to)).problems).toEqual([]);
  });

  it('is one file for its owner alone, and of an empty log too', async () => {
    expect(await backUpEmbeddedLog(log.path, to)).toMatchObject({ position: undefined });
    expect((statSync(to).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(log.directory).filter((name) => name.startsWith('backup'))).toEqual(['backup.db']);
  });

  it('never overwrites, and leaves nothing behind where it fails', async () => {
    writeFileSync(to, 'mine');
    await expect(backUpEmbeddedLog(log.path, to)).rejects.toMatchObject({ code: 'misuse' });
    await expect(backUpEmbeddedLog(join(log.directory, 'none.db'), `${to}2`)).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(backUpEmbeddedLog(log.path, join(log.directory, 'no', 'x.db'))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(existsSync(`${to}2`)).toBe(false);
  });
});

describe('a restored log', () => {
  it('has an id of its own, refuses positions from before, and goes on', async () => {
    const stream = aStream();
    const event = anEvent();
    const { position } = assertAppended(await store.append(stream, [event], 'no-stream'));
    await backUpEmbeddedLog(log.path, to);
    const logId = adoptNewLogId(to);
    const restored = await log.connect({ path: to });
    expect(logId).not.toBe(store.logId);
    expect(restored.logId).toBe(logId);
    expect(await restored.readAll(position, 10)).toEqual({ outcome: 'log-changed', logId });
    expect(await restored.append(stream, [event], 'no-stream')).toMatchObject({ repeated: true });
    expect(await restored.append(stream, [anEvent()], { revision: 0 })).toMatchObject({
      outcome: 'appended',
      revision: 1,
    });
    expect((await checkEmbeddedLog(to)).problems).toEqual([]);
  });

  it('is given no new id while anybody has it open', async () => {
    await store.append(aStream(), [anEvent()], 'any');
    expect(() => adoptNewLogId(log.path)).toThrow('in use');
    await log.closeAll();
    const reader = await log.connect({ readOnly: true });
    expect(() => adoptNewLogId(log.path)).toThrow('in use');
    expect(await reader.lastPosition()).toMatch(reader.logId);
  });
});
