import { streams } from '@evident/domain';
import type { EventStore, Position } from '@evident/event-store';
import type { ReadModelStore, StoredRow } from '@evident/read-model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { happened, rowsAfter } from '../projections/happened.fixture.ts';
import { momentsProjection } from '../projections/moments.projection.ts';
import { positionAt } from './moment.ts';

const stream = streams.app('main', '7f000000-0000-4000-8000-000000000001');
const place = (nth: number) => `log~${String(nth).padStart(16, '0')}` as Position;

/** A log whose events were recorded at these times, and how many of them were read. */
function recorded(times: readonly number[]) {
  const rows = rowsAfter(
    momentsProjection,
    times.map((at) => happened(stream, 'app.reactivated', {}, at)),
  );
  let eventsRead = 0;
  const store = {
    async readAllBackwards(before: Position, limit: number) {
      const last = Number(before.split('~')[1]) - 1;
      const events = Array.from({ length: Math.min(limit, last) }, (_, index) => ({ position: place(last - index) }));
      eventsRead += events.length;
      return events;
    },
    async readAll() {
      throw new Error('a moment is found without reading on');
    },
  } as unknown as EventStore;
  const model = {
    async getMany(_view: unknown, keys: readonly string[]) {
      const found = keys.flatMap((key) =>
        rows[key] === undefined ? [] : [[key, { key, row: rows[key] } as StoredRow]],
      );
      return new Map(found as [string, StoredRow][]);
    },
  } as unknown as ReadModelStore;
  const auditing = { log: { store }, rows: model } as unknown as Parameters<typeof positionAt>[0];
  return {
    at: (time: number) => positionAt(auditing, { time }, place(times.length)),
    eventsRead: () => eventsRead,
  };
}

/** As it is promised: the last place whose running maximum of recorded-at is not later. */
function expectedAt(times: readonly number[], time: number): Position | undefined {
  const later = times.findIndex((at) => at > time);
  const last = later === -1 ? times.length : later;
  return last === 0 ? undefined : place(last);
}

const era = 1_700_000_000_000;
const anyTime = fc.oneof(fc.nat(200), fc.nat(100_000), fc.nat(40_000_000_000)).map((offset) => era + offset);

it('finds the position of any time, whatever the clocks did, and reads one event at most', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTime, { minLength: 1, maxLength: 40 }),
      fc.array(anyTime, { maxLength: 5 }),
      async (times, asked) => {
        for (const time of [...asked, ...times, ...times.map((at) => at - 1), ...times.map((at) => -30 * at)]) {
          const log = recorded(times);
          expect(await log.at(time)).toBe(expectedAt(times, time));
          expect(log.eventsRead()).toBeLessThanOrEqual(1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('reads no more of a burst than of a quiet hour: ten thousand events in one millisecond', async () => {
  const times = [...Array<number>(10_000).fill(era), era + 1, era + 3];
  const log = recorded(times);
  expect(await log.at(era)).toBe(place(10_000));
  expect(await log.at(era + 2)).toBe(place(10_001));
  expect(log.eventsRead()).toBe(2);
});
