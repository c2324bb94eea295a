import type { EventStore, Position, StoredEvent } from '@evident/event-store';
import { expect, it } from 'vitest';
import { oneStream } from './event-source.ts';

const positionOf = (revision: number) => `log~${String(revision).padStart(4, '0')}` as Position;
const events = Array.from({ length: 20 }, (_, revision) => ({ revision, position: positionOf(revision) }));

/** A stream that begins later after some reads, as where it is truncated meanwhile. */
function truncatedAfter(reads: number, begin: number) {
  let done = 0;
  return {
    readStream: async (_stream: string, { from = 0, limit = events.length } = {}) => {
      done += 1;
      const first = done > reads ? begin : 0;
      return events.filter(({ revision }) => revision >= Math.max(from, first)).slice(0, limit) as StoredEvent[];
    },
    readStreamEnd: async (_stream: string, count: number) => events.slice(-count) as StoredEvent[],
  } as unknown as EventStore;
}

it.each([['asc'], ['desc']] as const)(
  'shows nothing beyond the range where the stream is truncated in the middle of a read (%s)',
  async (order) => {
    for (let reads = 0; reads < 10; reads++) {
      const range = { after: positionOf(1), upTo: positionOf(9), order };
      const shown: number[] = [];
      for await (const { events: found } of oneStream(truncatedAfter(reads, 6), 'user-main.7', range)) {
        shown.push(...found.map(({ revision }) => revision));
      }
      expect(shown.filter((revision) => revision < 2 || revision > 9)).toEqual([]);
      expect(shown).toEqual(expect.arrayContaining([6, 7, 8, 9]));
    }
  },
);
