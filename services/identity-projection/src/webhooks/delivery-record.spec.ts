import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import { expect, it } from 'vitest';
import { DeliveryRecord } from './delivery-record.ts';
import { readStatus } from './delivery-status.ts';

const patience = { timeoutMs: 1, firstPauseMs: 1_000, longestPauseMs: 300_000 };
const now = () => 1_700_000_000_000;

async function recordsOn(work: (at: { open(): Promise<DeliveryRecord>; told(): unknown }) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'evident-delivery-record-'));
  const store = await openEmbeddedReadModel({ path: join(folder, 'read-models.db') });
  try {
    const open = async () => {
      const record = new DeliveryRecord('w', { store, now, patience });
      await record.load();
      return record;
    };
    await work({ open, told: () => readStatus(store, 'w') });
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

it('doubles the pause after each failure up to the longest, and begins anew once one was delivered', () =>
  recordsOn(async ({ open }) => {
    const record = await open();
    const pauses: number[] = [];
    for (let failure = 0; failure < 11; failure += 1) pauses.push(await record.failed('refused', 'e'));
    expect(pauses.map((each) => each / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(record.isFailing).toBe(true);
    await record.delivered();
    expect(record.isFailing).toBe(false);
    expect(await record.failed('refused', 'e')).toBe(1_000);
  }));

it('goes on counting what an earlier process counted', () =>
  recordsOn(async ({ open, told }) => {
    const first = await open();
    await first.delivered();
    await first.failed('refused', 'e1');
    const second = await open();
    await second.failed('gone', 'e1');
    const lastError = { at: now(), message: 'gone', eventId: 'e1' };
    expect(await told()).toEqual({ delivered: 1, failures: 2, lastError, nextAttemptAt: now() + 1_000 });
    await second.delivered();
    expect(await told()).toEqual({ delivered: 2, failures: 0, lastError, nextAttemptAt: null });
  }));
