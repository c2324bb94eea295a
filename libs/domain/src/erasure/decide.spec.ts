import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { fold, reject } from '../decider.ts';
import { type ErasureEvent, erasureDecider } from './index.ts';

const userId = '00000000-0000-4000-8000-00000000000a';
const requested = { type: 'erasure.requested', data: { userId, identifiers: 'freed' } } as const;
const completed = { type: 'erasure.completed', data: { userId } } as const;
const request = { type: 'request-erasure', userId, identifiers: 'freed' } as const;
const complete = { type: 'complete-erasure', userId } as const;

describe('an erasure', () => {
  test('is asked for once, and what becomes of the names is decided then', () => {
    given(erasureDecider, []).when(request).then([requested]);
    given(erasureDecider, [requested])
      .when({ ...request, identifiers: 'kept' })
      .then([]);
    given(erasureDecider, [requested, completed]).when(request).then([]);
  });

  test('is completed once, after it was asked for', () => {
    given(erasureDecider, []).when(complete).then(reject('erasure.not-requested'));
    given(erasureDecider, [requested]).when(complete).then([completed]);
    const { state } = given(erasureDecider, [requested]).when(complete, complete);
    expect(state.erasures.get(userId)).toEqual({ identifiers: 'freed', completed: true });
  });

  test('is one of many, in the order in which they were asked for, and takes no longer for it', () => {
    const ids = Array.from({ length: 8_000 }, (_, index) => {
      // Neither in the order of their first digits nor in that of their last.
      const digits = ((index * 7_919) % 65_536).toString(16).padStart(4, '0');
      return `${digits}0000-0000-4000-8000-00000000${digits}`;
    });
    const asked = ids.map(
      (id): ErasureEvent => ({ type: 'erasure.requested', data: { userId: id, identifiers: 'kept' } }),
    );
    const done = ids.slice(1).map((id): ErasureEvent => ({ type: 'erasure.completed', data: { userId: id } }));
    const began = performance.now();
    const before = fold(erasureDecider, erasureDecider.initial, asked);
    const after = fold(erasureDecider, before, done);
    // A copy of all at each event takes seconds.
    expect(performance.now() - began).toBeLessThan(2_000);
    expect([...after.erasures].map(([id]) => id)).toEqual(ids);
    expect(after.erasures.size).toBe(ids.length);
    expect([...after.erasures].filter(([, { completed }]) => !completed)).toHaveLength(1);
    // What was folded from is as it was.
    expect([...before.erasures].every(([, { completed }]) => !completed)).toBe(true);
    expect(erasureDecider.initial.erasures.size).toBe(0);
  });
});
