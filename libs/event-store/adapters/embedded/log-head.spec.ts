import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedEventStore } from './embedded-event-store.ts';
import { readLogHead } from './log-head.ts';

describe('the head of a log', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evident-head-'));
    path = join(folder, 'events.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells how many events there are and when the last one was recorded, beside a writer', async () => {
    const store = await openEmbeddedEventStore({ path, now: () => 1_700_000_000_000 });
    expect(readLogHead(path)).toEqual({ logId: store.logId, events: 0, lastRecordedAt: undefined });
    const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 1 };
    const event = { id: '0c4f4b1e-6f0a-4f0e-9a51-0d6f0f3b7a11', type: 'user.removed', schema: 1, data: {}, metadata };
    await store.append('user-main.1', [event], 'no-stream');
    expect(readLogHead(path)).toEqual({ logId: store.logId, events: 1, lastRecordedAt: 1_700_000_000_000 });
    await store.close();
  });

  it('is not to be had of a log that is not there', () => {
    expect(() => readLogHead(path)).toThrow('does not exist');
  });
});
