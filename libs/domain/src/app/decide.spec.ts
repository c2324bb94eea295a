import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { IssuedKey, RotateKey } from './commands.ts';
import { appDecider } from './decide.ts';
import type { AppEvent } from './events.ts';
import { evolveAppProfile } from './profile.ts';
import { keyCounts } from './state.ts';

const key = (number: number): IssuedKey => ({
  keyId: `00000000-0000-4000-8000-00000000000${number}`,
  lookup: `k1.key${number}`,
  prefix: `evd_key${number}`,
});
const now = 1_000_000;
const register = {
  type: 'register-app',
  number: 1,
  name: 'Wiki',
  url: 'https://wiki.example.com',
  key: key(1),
} as const;
const registered: AppEvent[] = [
  { type: 'app.registered', data: { number: 1, name: 'Wiki', url: 'https://wiki.example.com' } },
  { type: 'app.key-issued', data: key(1) },
];
const rotate = (number: number, graceMs: number, at = now): RotateKey => ({
  type: 'rotate-key',
  key: key(number),
  now: at,
  graceMs,
});
const revoked = (number: number, effectiveAt: number): AppEvent => ({
  type: 'app.key-revoked',
  data: { keyId: key(number).keyId, effectiveAt },
});

describe('an app', () => {
  test('is registered with its first key, once', () => {
    given(appDecider, []).when(register).then(registered);
    given(appDecider, registered).when(register).then(reject('app.already-registered'));
  });

  test('is changed only where something is different', () => {
    given(appDecider, registered).when({ type: 'change-app', name: 'Wiki', isActive: true }).then([]);
    given(appDecider, registered)
      .when({ type: 'change-app', url: 'https://docs.example.com' })
      .then([{ type: 'app.changed', data: { name: 'Wiki', url: 'https://docs.example.com' } }]);
    given(appDecider, registered)
      .when({ type: 'change-app', name: 'Docs', isActive: false })
      .then([
        { type: 'app.changed', data: { name: 'Docs', url: 'https://wiki.example.com' } },
        { type: 'app.deactivated', data: {} },
      ]);
    given(appDecider, registered)
      .when({ type: 'change-app', isActive: false }, { type: 'change-app', isActive: true })
      .then([{ type: 'app.reactivated', data: {} }]);
  });

  test('is removed for ever, its keys first', () => {
    given(appDecider, registered)
      .when({ type: 'remove-app', now })
      .then([revoked(1, now), { type: 'app.removed', data: {} }]);
    expect(given(appDecider, registered).when({ type: 'remove-app', now }).state.isActive).toBe(false);
    given(appDecider, registered)
      .when({ type: 'remove-app', now }, { type: 'change-app', isActive: true })
      .then(reject('app.unknown'));
  });

  test('that is removed ends what keys still count, and no key twice', () => {
    given(appDecider, registered)
      .when(rotate(2, 5), { type: 'remove-app', now: now + 5 })
      .then([revoked(2, now + 5), { type: 'app.removed', data: {} }]);
  });

  test('is unknown before registration', () => {
    given(appDecider, []).when(rotate(2, 0)).then(reject('app.unknown'));
  });
});

describe('a rotated key', () => {
  test('ends at once without grace', () => {
    given(appDecider, registered)
      .when(rotate(2, 0))
      .then([revoked(1, now), { type: 'app.key-issued', data: key(2) }]);
  });

  test('counts on for its grace, and then no more', () => {
    const { state } = given(appDecider, registered).when(rotate(2, 60_000));
    const counting = (at: number) => state.keys.filter((each) => keyCounts(each, at)).map(({ keyId }) => keyId);
    expect(counting(now + 59_999)).toEqual([key(1).keyId, key(2).keyId]);
    expect(counting(now + 60_000)).toEqual([key(2).keyId]);
    expect(counting(Number.MAX_SAFE_INTEGER)).toEqual([key(2).keyId]);
    expect(state.keys.at(-1)?.keyId).toBe(key(2).keyId);
  });

  test('ends at a second rotation, grace or not', () => {
    given(appDecider, registered)
      .when(rotate(2, 60_000), rotate(3, 60_000, now + 1))
      .then([revoked(1, now + 1), revoked(2, now + 60_001), { type: 'app.key-issued', data: key(3) }]);
  });

  test('ends alone: what was said of another key stays', () => {
    const { state } = given(appDecider, registered).when(rotate(2, 60_000), rotate(3, 60_000, now + 1));
    expect(state.keys.map(({ endsAt }) => endsAt)).toEqual([now + 1, now + 60_001, undefined]);
  });

  test('whose grace is over is not ended again', () => {
    given(appDecider, registered)
      .when(rotate(2, 5), rotate(3, 0, now + 5))
      .then([revoked(2, now + 5), { type: 'app.key-issued', data: key(3) }]);
  });

  test('is rotated once by the same command', () => {
    given(appDecider, registered).when(rotate(2, 0), rotate(2, 0)).then([]);
  });
});

describe('the profile of an app', () => {
  test('shows the prefix of the key issued last and is none after removal', () => {
    const profileOf = (...events: AppEvent[]) =>
      events.reduce<ReturnType<typeof evolveAppProfile>>(
        (profile, event, at) => evolveAppProfile(profile, event, at),
        undefined,
      );
    const [first, issued] = registered as [AppEvent, AppEvent];
    const members = { number: 1, name: 'Wiki', url: 'https://wiki.example.com', isActive: true, createdAt: 0 };
    expect(profileOf(first)).toEqual({ ...members, apiKeyPrefix: '', updatedAt: 0 });
    expect(profileOf(first, issued)).toEqual({ ...members, apiKeyPrefix: 'evd_key1', updatedAt: 1 });
    expect(profileOf(...registered, { type: 'app.key-issued', data: key(2) })).toMatchObject({
      apiKeyPrefix: 'evd_key2',
      createdAt: 0,
      updatedAt: 2,
    });
    const changes: AppEvent[] = [
      { type: 'app.changed', data: { name: 'Docs', url: 'https://docs.example.com' } },
      { type: 'app.deactivated', data: {} },
      { type: 'app.reactivated', data: {} },
    ];
    const shown = { ...members, apiKeyPrefix: 'evd_key1', name: 'Docs', url: 'https://docs.example.com' };
    expect(profileOf(...registered, ...changes.slice(0, 1))).toEqual({ ...shown, updatedAt: 2 });
    expect(profileOf(...registered, ...changes.slice(0, 2))).toEqual({ ...shown, isActive: false, updatedAt: 3 });
    expect(profileOf(...registered, ...changes)).toEqual({ ...shown, updatedAt: 4 });
    expect(profileOf(...registered, { type: 'app.removed', data: {} })).toBeUndefined();
    expect(profileOf({ type: 'app.deactivated', data: {} })).toBeUndefined();
  });
});
