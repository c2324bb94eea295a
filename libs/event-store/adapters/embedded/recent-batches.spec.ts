import { describe, expect, it } from 'vitest';
import type { Position, StoredEvent } from '../../src/event-store.port.ts';
import { RecentBatches } from './recent-batches.ts';
import { RecentEvents } from './recent-events.ts';

/** A log of so many events, which counts how often it is read; some of its places may be empty. */
function readLog(length: number) {
  const log = { reads: 0, length, emptied: [] as readonly number[] };
  const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
  const event = (place: number): StoredEvent => ({
    ...{ id: String(place), type: 't', schema: 1, data: {}, metadata },
    ...{ stream: 's', revision: place, position: String(place) as Position, recordedAt: 0 },
  });
  const own = new RecentEvents('log');
  const recent = new RecentBatches((place, limit) => {
    log.reads++;
    const places = Array.from({ length: log.length }, (_, index) => index + 1);
    return places
      .filter((each) => each > place && !log.emptied.includes(each))
      .slice(0, limit)
      .map(event);
  }, own);
  const ids = (place: number, limit: number) => recent.after(place, limit).map(({ id }) => Number(id));
  return { log, own, recent, ids };
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

  it('share what was read from the middle of the log on, wherever in it they stand', () => {
    const { log, ids } = readLog(30);
    ids(10, 10);
    expect(ids(14, 3)).toEqual([15, 16, 17]);
    expect(ids(18, 9)).toEqual([19, 20]);
    expect(log.reads).toBe(1);
  });

  it('see what others wrote once somebody has looked, and read nothing before', () => {
    const { log, recent, ids } = readLog(2);
    expect(ids(0, 5)).toEqual([1, 2]);
    expect(ids(2, 5)).toEqual([]);
    log.length = 3;
    expect(ids(2, 5)).toEqual([]);
    expect(log.reads).toBe(1);
    recent.endsAt(3);
    expect(ids(2, 5)).toEqual([3]);
    expect(ids(1, 5)).toEqual([2]);
  });

  it('get what this process wrote without a read, and what others wrote before it from the file', () => {
    const { log, own, ids } = readLog(2);
    expect(ids(0, 5)).toEqual([1, 2]);
    const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
    const written = (id: number) => ({ id: String(id), type: 't', schema: 1, data: {}, metadata });
    own.add({ stream: 's', events: [written(3), written(4)], place: 4, revision: 1, recordedAt: 0 });
    expect(ids(2, 5)).toEqual([3, 4]);
    expect(ids(3, 5)).toEqual([4]);
    expect(log.reads).toBe(1);
    log.length = 6;
    own.add({ stream: 's', events: [written(6)], place: 6, revision: 2, recordedAt: 0 });
    expect(ids(4, 1)).toEqual([5]);
    expect(ids(5, 5)).toEqual([6]);
    expect(log.reads).toBe(2);
  });

  it('get nothing any more of what was let go since another read it, or since it was written', () => {
    const { log, own, recent, ids } = readLog(4);
    expect(ids(0, 5)).toEqual([1, 2, 3, 4]);
    const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
    const written = [5, 6].map((id) => ({ id: String(id), type: 't', schema: 1, data: {}, metadata }));
    own.add({ stream: 's', events: written, place: 6, revision: 1, recordedAt: 0 });
    Object.assign(log, { length: 6, emptied: [2, 3, 5] });
    recent.forget();
    expect(ids(0, 5)).toEqual([1, 4, 6]);
    expect(ids(4, 5)).toEqual([6]);
  });

  it('read for themselves where places between are empty, as a place does not tell then which event follows it', () => {
    const { log, ids } = readLog(6);
    log.emptied = [2, 3];
    expect(ids(0, 3)).toEqual([1, 4, 5]);
    expect(ids(2, 1)).toEqual([4]);
  });

  it('that are far apart read for themselves', () => {
    const { log, ids } = readLog(100);
    for (const place of [0, 10, 20, 30]) ids(place, 10);
    expect(ids(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log.reads).toBe(5);
  });
});
