import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import { sessionDecider } from './decide.ts';

const userId = '00000000-0000-4000-8000-00000000000a';
const open = {
  type: 'open-session',
  userId,
  audience: 'your-app',
  generation: 2,
  evidence: { stream: `signin-main.${userId}`, revision: 4, eventId: '00000000-0000-4000-8000-000000000001' },
  now: 10,
  expiresAt: 20,
} as const;
const { type: _, now: openedAt, ...data } = open;

describe('a session', () => {
  test('is opened by its evidence, once', () => {
    given(sessionDecider, [])
      .when(open)
      .then([{ type: 'session.opened', data: { ...data, openedAt } }]);
    given(sessionDecider, []).when(open, open).then(reject('session.already-opened'));
  });

  test('is revoked once, and stays so', () => {
    const revoke = { type: 'revoke-session', now: 15 } as const;
    given(sessionDecider, [])
      .when(open, revoke)
      .then([{ type: 'session.revoked', data: { userId, revokedAt: 15 } }]);
    given(sessionDecider, []).when(open, revoke, revoke).then([]);
    expect(given(sessionDecider, []).when(open, revoke, open).state).toMatchObject({ opened: true, revoked: true });
  });

  test('that was never opened cannot be revoked', () => {
    given(sessionDecider, []).when({ type: 'revoke-session', now: 1 }).then(reject('session.unknown'));
  });
});
