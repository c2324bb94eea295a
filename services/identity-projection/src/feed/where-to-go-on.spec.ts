import type { Position, StoredEvent } from '@evident/event-store';
import type { FeedEnd } from '@evident/transport';
import { describe, expect, it } from 'vitest';
import type { FeedProgress } from './feed-checkpoint.ts';
import { whereToGoOn } from './where-to-go-on.ts';

/** A log named `a` of nine events; of another one it only knows that it is another. */
const log = {
  compare: (one: Position, other: Position) =>
    one.startsWith('a~') && other.startsWith('a~')
      ? Number(one > other) - Number(one < other)
      : { outcome: 'log-changed' as const, logId: 'a' },
  parsePosition: (text: string) => text as Position,
  lastPosition: async () => at('a~9'),
  async readAll(after: Position | undefined, limit: number) {
    const all = Array.from({ length: 9 }, (_, place) => ({ position: at(`a~${place + 1}`) }) as StoredEvent);
    return all.filter(({ position }) => position > (after ?? '')).slice(0, limit);
  },
};
const at = (text: string) => text as Position;
const goOn = (stream: FeedEnd, progress: FeedProgress | undefined) =>
  whereToGoOn(log, stream, progress, new AbortController().signal);
const body = (position: string) => JSON.stringify({ position });
const end = { created: 'then', lastSequence: 7, lastBody: body('a~7') };
const checkpoint = { position: at('a~7'), events: 7, created: 'then', lastSequence: 7 };

describe('publishing goes on', () => {
  it('from the first event where nothing was published', async () => {
    const fresh = { created: 'now', lastSequence: 0, lastBody: undefined };
    expect(await goOn(fresh, undefined)).toEqual({ after: undefined, wiped: false });
  });

  it('after the checkpoint', async () => {
    expect(await goOn(end, checkpoint)).toEqual({ after: 'a~7', wiped: false });
  });

  it('after the last message where its checkpoint was not saved any more, or is gone', async () => {
    const further = { ...end, lastSequence: 9, lastBody: body('a~9') };
    expect(await goOn(further, checkpoint)).toEqual({ after: 'a~9', wiped: false });
    expect(await goOn(further, undefined)).toEqual({ after: 'a~9', wiped: false });
  });

  it('after the checkpoint where the messages have expired or were purged', async () => {
    expect(await goOn({ ...end, lastBody: undefined }, checkpoint)).toEqual({ after: 'a~7', wiped: false });
    expect(await goOn({ ...end, lastBody: body('a~3') }, checkpoint)).toEqual({ after: 'a~7', wiped: false });
  });

  it.each(['not json', 'null', '7', '{}', '{"position":7}'])(
    'after the checkpoint where the last message is none of ours: %s',
    async (lastBody) => {
      expect(await goOn({ ...end, lastSequence: 8, lastBody }, checkpoint)).toEqual({
        after: 'a~7',
        wiped: false,
      });
    },
  );

  it.each([
    ['further than messages came since', { lastSequence: 8, lastBody: body('a~9') }],
    ['beyond the end of the log', { lastSequence: 9_999, lastBody: body('a~99') }],
  ])('after the checkpoint where the last message claims a place %s', async (_what, claimed) => {
    expect(await goOn({ ...end, ...claimed }, checkpoint)).toEqual({ after: 'a~7', wiped: false });
    const begun = { ...end, ...claimed, lastSequence: 1 };
    expect(await goOn(begun, undefined)).toEqual({ after: undefined, wiped: false });
    expect(await goOn(begun, checkpoint)).toEqual({ after: undefined, wiped: true });
  });

  it('from the first event where the storage was lost, or after what is in it already', async () => {
    const lost = { created: 'later', lastSequence: 0, lastBody: undefined };
    expect(await goOn(lost, checkpoint)).toEqual({ after: undefined, wiped: true });
    const begun = { created: 'later', lastSequence: 2, lastBody: body('a~2') };
    expect(await goOn(begun, checkpoint)).toEqual({ after: 'a~2', wiped: true });
    const older = { ...end, lastSequence: 5, lastBody: body('a~5') };
    expect(await goOn(older, checkpoint)).toEqual({ after: 'a~5', wiped: true });
  });

  it('from the first event of another log', async () => {
    const other = { ...checkpoint, position: at('b~7') };
    const fresh = { created: 'now', lastSequence: 0, lastBody: undefined };
    expect(await goOn(fresh, other)).toEqual({ after: undefined, wiped: true });
  });
});
