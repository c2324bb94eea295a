import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Following, inTime } from '../../contract/following.ts';
import { anEvent, aStream } from '../../contract/sample-events.ts';
import type { EventStore } from '../../src/event-store.port.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { openEmbeddedEventStore } from './index.ts';
import { renameLog } from './schema.ts';

let log: EmbeddedLog;
let store: EventStore;
beforeEach(async () => {
  log = new EmbeddedLog();
  store = await log.connect();
  await store.append(aStream(), [anEvent()], 'any');
});
afterEach(() => log.destroy());

const changes: readonly [what: string, change: () => Promise<void>, message: string][] = [
  ['vanishes', async () => rmSync(log.path), 'has vanished'],
  ['is moved away', async () => renameSync(log.path, `${log.path}.old`), 'has vanished'],
  [
    'is replaced by another',
    async () => {
      const path = join(log.directory, 'other.db');
      await (await openEmbeddedEventStore({ path })).close();
      renameSync(path, log.path);
    },
    'was replaced',
  ],
  [
    'is given another id',
    async () => {
      const raw = new DatabaseSync(log.path);
      renameLog(raw, 'another');
      raw.close();
    },
    'became log another',
  ],
];

describe.each(changes)('a log that %s while it is open', (_, change, message) => {
  it('is a fault for its followers', async () => {
    const follower = new Following(store, await store.lastPosition());
    await change();
    await expect(inTime(follower.ended, () => 'the follower goes on')).rejects.toMatchObject({
      code: 'log-changed',
      message: expect.stringContaining(message),
    });
  });

  it('takes no more appends', async () => {
    await change();
    await expect(store.append(aStream(), [anEvent()], 'any')).rejects.toMatchObject({
      code: 'log-changed',
      ambiguous: false,
    });
  });
});
