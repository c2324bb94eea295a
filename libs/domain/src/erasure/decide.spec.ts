import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import { erasureDecider } from './index.ts';

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
});
