import { describe, expect, it } from 'vitest';
import type { Position, StoredEvent } from '../../src/event-store.port.ts';
import { RecentBatches } from './recent-batches.ts';

/** A log of so many events, which counts how often it is read. */
function readLog(length: number) {
  const log = { reads: 0, length };
  const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
  const event = (place: number): StoredEvent => ({
    ...{ id: String(place), type: 't', schema: 1, data: {}, metadata },
    ...{ stream: 's', revision: place, position: String(place) as Position, recordedAt: 0 },
  });
  const recent = new RecentBatches((place, limit) => {
    log.reads++;
    const count = Math.max(0, Math.min(limit, log.length - place));
    return Array.from({ length: count }, (_, index) => event(place + index + 1));
  });
  const ids = (place: number, limit: number) => recent.after(place, limit).map(({ id }) => Number(id));
  return { log, ids };
}

describe('followers at the same place', () => {
  it('share one read, whatever the size of their batches', () => {
    const { log, ids } = readLog(10);
    expect(ids(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ids(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ids(0, 4)).toEqual([1, 2, 3, 4]);
    expect(ids(4, 4)).toEqual([5, 6]);
    expect(log.reads).toBe(1);
  });

  it('see what comes after as soon as it is there', () => {
    const { log, ids } = readLog(2);
    expect(ids(0, 5)).toEqual([1, 2]);
    expect(ids(2, 5)).toEqual([]);
    log.length = 3;
    expect(ids(2, 5)).toEqual([3]);
    expect(ids(1, 5)).toEqual([2]);
  });

  it('that are far apart read for themselves', () => {
    const { log, ids } = readLog(100);
    for (const place of [0, 10, 20, 30]) ids(place, 10);
    expect(ids(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log.reads).toBe(5);
  });
});
