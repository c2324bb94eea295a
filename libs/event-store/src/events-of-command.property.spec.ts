import { array, assert, asyncProperty, boolean, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadStreamOptions, StoredEvent } from './event-store.port.ts';
import { eventsOfCommand } from './events-of-command.ts';

const received = 0x01997d2a0000;
const withTime = '01997d2a-0000-7abc-8def-0123456789ab';
const withoutTime = '6f1c2b1e-9a54-4f0c-8d0b-3c5e7a41d9f2';

/** A stream of which each event says when it was recorded and whether the command caused it. */
function streamOf(events: readonly { recordedAt: number; isOwn: boolean }[], commandId: string, first = 0) {
  const stored = events.map(
    ({ recordedAt, isOwn }, index) =>
      ({
        revision: first + index,
        recordedAt,
        metadata: { commandId: isOwn ? commandId : 'another' },
      }) as unknown as StoredEvent,
  );
  let read = 0;
  let mostAtOnce = 0;
  const counted = (found: readonly StoredEvent[]) => {
    read += found.length;
    mostAtOnce = Math.max(mostAtOnce, found.length);
    return Promise.resolve(found);
  };
  return {
    own: stored.filter(({ metadata }) => metadata.commandId === commandId),
    read: () => read,
    mostAtOnce: () => mostAtOnce,
    store: {
      readStream: (_: string, { from = 0, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions = {}) => {
        if (from < 0 || limit < 1) throw new RangeError(`${limit} events from ${from}`);
        return counted(stored.filter(({ revision }) => revision >= from).slice(0, limit));
      },
      readStreamEnd: (_: string, count: number) => counted(stored.slice(-count)),
    },
  };
}

/** Between a minute before the command was received and a minute after; its own from then on, or a little before. */
const streams = array(record({ wait: integer({ min: 0, max: 2_000 }), isOwn: boolean() }), { maxLength: 300 }).map(
  (steps) => {
    let recordedAt = received - 60_000;
    return steps.map(({ wait, isOwn }) => {
      recordedAt += wait;
      return { recordedAt, isOwn: isOwn && recordedAt >= received - 4_000 };
    });
  },
);

describe('the events of a command', () => {
  it.each([
    ['says when it was received', withTime],
    ['says no time', withoutTime],
  ])('are found, all and in order, where its id %s', async (_case, commandId) => {
    await assert(
      asyncProperty(streams, integer({ min: 0, max: 500 }), async (events, first) => {
        const { own, store } = streamOf(events, commandId, first);
        expect(await eventsOfCommand(store, 'user-main.1', commandId)).toEqual(own);
      }),
    );
  });

  it('are looked for only as far back as the command was received', async () => {
    const long = Array.from({ length: 10_000 }, (_, place) => ({
      recordedAt: received - (10_000 - place) * 1_000,
      isOwn: place > 9_998,
    }));
    const { own, store, read } = streamOf(long, withTime);
    expect(await eventsOfCommand(store, 'user-main.1', withTime)).toEqual(own);
    expect(read()).toBeLessThan(100);
  });

  it('are looked for in each event once, and in some of a long stream at a time', async () => {
    const lately = Array.from({ length: 1_000 }, (_, place) => ({ recordedAt: received, isOwn: place === 0 }));
    const { own, store, read, mostAtOnce } = streamOf(lately, withTime);
    expect(await eventsOfCommand(store, 'user-main.1', withTime)).toEqual(own);
    expect(read()).toBe(1_000);
    expect(mostAtOnce()).toBeLessThan(100);
  });
});
