import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { OpenSession, RefreshSession, SessionCommand } from './commands.ts';
import { sessionDecider } from './decide.ts';

const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const userId = id(0);
const open: OpenSession = {
  type: 'open-session',
  userId,
  audience: 'your-app',
  generation: 2,
  methods: ['password'],
  evidence: { stream: `signin-main.${userId}`, revision: 4, eventId: id(9) },
  tokenId: id(1),
  refreshId: id(1),
  roles: ['editor'],
  scopes: ['read:wiki'],
  now: 0,
  accessExpiresAt: 100,
  expiresAt: 1_000,
};
/** Sends the refresh token `presented`; a new one would be `next`. */
const refresh = (presented: number, next: number, now: number, more: Partial<RefreshSession> = {}): RefreshSession => ({
  type: 'refresh-session',
  presentedId: id(presented),
  tokenId: id(next),
  now,
  accessExpiresAt: now + 100,
  expiresAt: now + 1_000,
  roles: [],
  scopes: [],
  rotate: true,
  windowMs: 10,
  caller: 'k1.here',
  callers: ['k1.here'],
  ...more,
});
const elsewhere = { caller: 'k1.elsewhere', callers: ['k1.elsewhere'] };
const when = (...commands: readonly [SessionCommand, ...SessionCommand[]]) =>
  given(sessionDecider, []).when(...commands);
const reuse = (presented: number, now: number) =>
  [
    { type: 'session.reuse-detected', data: { userId, presentedId: id(presented), detectedAt: now } },
    { type: 'session.revoked', data: { userId, revokedAt: now, reason: 'reuse' } },
  ] as const;

describe('a session', () => {
  test('is opened by its evidence, once', () => {
    const { type: _, now: openedAt, ...data } = open;
    when(open).then([
      {
        type: 'session.opened',
        data: { ...data, methods: ['password'], roles: ['editor'], scopes: ['read:wiki'], openedAt },
      },
    ]);
    when(open, open).then(reject('session.already-opened'));
  });

  test('outlives every access token of its own, however long those may live', () => {
    const late = { accessExpiresAt: 5_000 };
    const endsAt = (...commands: readonly [SessionCommand, ...SessionCommand[]]) => {
      const { expiresAt, issued } = when(...commands).state;
      return [expiresAt, issued.accessExpiresAt];
    };
    expect(endsAt({ ...open, ...late })).toEqual([1_000, 1_000]);
    expect(endsAt(open, refresh(1, 2, 900, late))).toEqual([1_900, 1_900]);
    expect(endsAt(open, refresh(1, 2, 900, { ...late, rotate: false }))).toEqual([1_000, 1_000]);
  });

  test('is revoked once, and stays so', () => {
    const revoke = { type: 'revoke-session', reason: 'logout', now: 15 } as const;
    when(open, revoke).then([{ type: 'session.revoked', data: { userId, revokedAt: 15, reason: 'logout' } }]);
    when(open, revoke, revoke).then([]);
    when(open, revoke, refresh(1, 2, 16)).then(reject('session.revoked'));
    expect(when(open, revoke, open).state).toMatchObject({ opened: true, revoked: true });
  });

  test('that was never opened is neither revoked nor refreshed', () => {
    when({ type: 'revoke-session', reason: 'revoked', now: 1 }).then(reject('session.unknown'));
    when(refresh(1, 2, 1)).then(reject('session.unknown'));
  });
});

describe('a refresh token', () => {
  test('is replaced by one that lives on from there, with what the user holds now', () => {
    const { state } = when(open, refresh(1, 2, 50, { roles: ['reader'], scopes: ['read:blog'] }));
    expect(state).toMatchObject({
      userId,
      audience: 'your-app',
      generation: 2,
      methods: ['password'],
      openedAt: 0,
      expiresAt: 1_050,
      refreshId: id(2),
      issued: { tokenId: id(2), at: 50, accessExpiresAt: 150, roles: ['reader'], scopes: ['read:blog'] },
      replaced: { refreshId: id(1), caller: 'k1.here' },
    });
  });

  test('is replaced as often as the newest one is sent, also twice in a millisecond', () => {
    expect(when(open, refresh(1, 2, 50), refresh(2, 3, 50)).state.refreshId).toBe(id(3));
    expect(when(open, refresh(1, 2, 50, { rotate: false }), refresh(1, 3, 50)).state.refreshId).toBe(id(3));
  });

  test('sent again inside the window, from the same place, gets the same successor any number of times', () => {
    const once = [open, refresh(1, 2, 50)] as const;
    when(...once, refresh(1, 3, 50)).then([]);
    when(...once, refresh(1, 3, 59), refresh(1, 4, 59)).then([]);
    expect(when(...once, refresh(1, 3, 59)).state.issued.tokenId).toBe(id(2));
  });

  test('sent again when the window is over ends the session', () => {
    when(open, refresh(1, 2, 50), refresh(1, 3, 60)).then(reuse(1, 60));
  });

  test('sent again from another place ends the session, also inside the window', () => {
    when(open, refresh(1, 2, 50), refresh(1, 3, 51, elsewhere)).then(reuse(1, 51));
  });

  test('sent again when its successor was used ends the session, also inside the window', () => {
    when(open, refresh(1, 2, 50), refresh(2, 3, 51), refresh(1, 4, 52)).then(reuse(1, 52));
    when(open, refresh(1, 2, 50), refresh(2, 3, 51), refresh(2, 4, 52)).then([]);
  });

  test('ends nothing where it or its session is over already', () => {
    when(open, refresh(1, 2, 1_000)).then(reject('session.expired'));
    when(open, refresh(1, 2, 50), refresh(1, 3, 70), refresh(2, 4, 71)).then(reject('session.revoked'));
  });

  test('was never given with a session of one access token', () => {
    when({ ...open, refreshId: null }, refresh(1, 2, 1)).then(reject('session.not-refreshable'));
  });

  test('whose caller was hashed under an older key is still from the same place', () => {
    const renewed = { caller: 'k2.here', callers: ['k1.here', 'k2.here'] };
    when(open, refresh(1, 2, 50), refresh(1, 3, 51, renewed)).then([]);
  });
});

describe('where refresh tokens are not rotated', () => {
  const keep = { rotate: false } as const;

  test('the same token serves until the session ends, which it does not put off', () => {
    const { state } = when(open, refresh(1, 2, 50, keep), refresh(1, 3, 999, { ...keep, ...elsewhere }));
    const issued = { tokenId: id(3), at: 999 };
    expect(state).toMatchObject({ refreshId: id(1), replaced: null, expiresAt: 1_000, issued });
    when(open, refresh(1, 2, 50, keep), refresh(1, 3, 1_000, keep)).then(reject('session.expired'));
  });

  test('whoever asked before it was refreshed gets what that refresh gave', () => {
    when(open, refresh(1, 2, 50, keep), refresh(1, 3, 49, keep)).then([]);
    when(open, refresh(1, 2, 50, keep), refresh(1, 3, 50, keep)).then([]);
    expect(when(open, refresh(1, 2, 50, keep), refresh(1, 3, 51, keep)).state.issued.tokenId).toBe(id(3));
  });

  test('the first refresh of a session gives tokens of its own, however soon it comes', () => {
    expect(when(open, refresh(1, 2, 0, keep)).state.issued.tokenId).toBe(id(2));
  });

  test('one that was replaced while they were rotated still ends the session', () => {
    when(open, refresh(1, 2, 50), refresh(2, 3, 51, keep), refresh(1, 4, 52, keep)).then(reuse(1, 52));
  });
});
