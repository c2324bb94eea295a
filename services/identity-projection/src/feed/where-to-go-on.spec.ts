import type { Position } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { whereToGoOn } from './where-to-go-on.ts';

/** A log named `a`; of another one it only knows that it is another. */
const log = {
  compare: (one: Position, other: Position) =>
    one.startsWith('a~') && other.startsWith('a~')
      ? Number(one > other) - Number(one < other)
      : { outcome: 'log-changed' as const, logId: 'a' },
  parsePosition: (text: string) => text as Position,
};
const at = (text: string) => text as Position;
const body = (position: string) => JSON.stringify({ position });
const end = { created: 'then', lastSequence: 7, lastBody: body('a~7') };
const checkpoint = { position: at('a~7'), events: 7, created: 'then', lastSequence: 7 };

describe('publishing goes on', () => {
  it('from the first event where nothing was published', () => {
    const fresh = { created: 'now', lastSequence: 0, lastBody: undefined };
    expect(whereToGoOn(log, fresh, undefined)).toEqual({ after: undefined, wiped: false });
  });

  it('after the checkpoint', () => {
    expect(whereToGoOn(log, end, checkpoint)).toEqual({ after: 'a~7', wiped: false });
  });

  it('after the last message where its checkpoint was not saved any more, or is gone', () => {
    const further = { ...end, lastSequence: 9, lastBody: body('a~9') };
    expect(whereToGoOn(log, further, checkpoint)).toEqual({ after: 'a~9', wiped: false });
    expect(whereToGoOn(log, further, undefined)).toEqual({ after: 'a~9', wiped: false });
  });

  it('after the checkpoint where the messages have expired or were purged', () => {
    expect(whereToGoOn(log, { ...end, lastBody: undefined }, checkpoint)).toEqual({ after: 'a~7', wiped: false });
    expect(whereToGoOn(log, { ...end, lastBody: body('a~3') }, checkpoint)).toEqual({ after: 'a~7', wiped: false });
  });

  it.each(['not json', 'null', '7', '{}', '{"position":7}'])(
    'after the checkpoint where the last message is none of ours: %s',
    (lastBody) => {
      expect(whereToGoOn(log, { ...end, lastSequence: 8, lastBody }, checkpoint)).toEqual({
        after: 'a~7',
        wiped: false,
      });
    },
  );

  it('from the first event where the storage was lost, or after what is in it already', () => {
    const lost = { created: 'later', lastSequence: 0, lastBody: undefined };
    expect(whereToGoOn(log, lost, checkpoint)).toEqual({ after: undefined, wiped: true });
    const begun = { created: 'later', lastSequence: 2, lastBody: body('a~2') };
    expect(whereToGoOn(log, begun, checkpoint)).toEqual({ after: 'a~2', wiped: true });
    const older = { ...end, lastSequence: 5, lastBody: body('a~5') };
    expect(whereToGoOn(log, older, checkpoint)).toEqual({ after: 'a~5', wiped: true });
  });

  it('from the first event of another log', () => {
    const other = { ...checkpoint, position: at('b~7') };
    const fresh = { created: 'now', lastSequence: 0, lastBody: undefined };
    expect(whereToGoOn(log, fresh, other)).toEqual({ after: undefined, wiped: true });
  });
});
