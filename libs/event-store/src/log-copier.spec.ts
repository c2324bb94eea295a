import { expect, it } from 'vitest';
import { anEvent } from '../contract/sample-events.ts';
import type { Position, StoredEvent } from './event-store.port.ts';
import { type CopiedLog, LogCopier } from './log-copier.ts';
import type { LogCopy } from './log-copy.port.ts';

const stored = (number: number, log: string): StoredEvent => ({
  ...anEvent({ number }, `0b3f6c1e-1f5a-4c5e-9a63-00000000000${number}`),
  ...{ stream: 'sample-main.1', revision: number, recordedAt: 1, position: `${log}~${number}` as Position },
});

function reading(events: readonly StoredEvent[], logId: string): CopiedLog {
  return {
    logId,
    readAll: async (after, limit) =>
      events.filter(({ position }) => after === undefined || position > after).slice(0, limit),
  };
}

it('lets others have the event loop between two pages', async () => {
  const events = [1, 2, 3, 4].map((number) => stored(number, 'from'));
  const taken: StoredEvent[] = [];
  const target = {
    ...reading(taken, 'to'),
    take: async (page: readonly StoredEvent[]) => {
      for (const event of page)
        taken.push({ ...event, position: event.position.replace('from', 'to') as Position, origin: event.position });
    },
  };
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  const { events: copied } = await new LogCopier({ target: target as unknown as LogCopy, page: 1 }).catchUp(
    reading(events, 'from'),
  );
  clearImmediate(next);
  expect(copied).toBe(4);
  expect(turns).toBeGreaterThanOrEqual(4);
});
