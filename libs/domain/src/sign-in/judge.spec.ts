import { describe, expect, test } from 'vitest';
import { type AppState, initialApp } from '../app/state.ts';
import { initialReservation } from '../reservation/state.ts';
import { initialUser, type UserState } from '../user/state.ts';
import type { FailureReason, SignInPurpose } from './events.ts';
import { judgeSignIn, type SignInFacts } from './judge.ts';

const appId = 'app-1';
const userId = 'user-1';
const now = 1_000_000;
const lookup = 'k1.jdoe';
const key = { keyId: 'key-1', lookup: 'k1.key', prefix: 'evd_0001', endsAt: undefined };
const app: AppState = { ...initialApp, registered: true, isActive: true, keys: [key] };
const name = { kind: 'username', value: 'jdoe', lookup, claimId: 'claim-1', verified: true, primary: true } as const;
const user: UserState = {
  ...initialUser,
  registered: true,
  isActive: true,
  generation: 1,
  identifiers: [name],
  claims: new Map([['claim-1', 'live']]),
};
const reservation = { current: { claimId: 'claim-1', holder: userId, claimedAt: 0 } };

const good: SignInFacts = {
  purpose: 'verify',
  app,
  appId,
  keyLookup: key.lookup,
  reservation,
  user: { ...user, apps: new Map([[appId, 1]]) },
  userId,
  identifierLookup: lookup,
  passwordMatches: true,
  now,
};

const keys = {
  good: {},
  unknown: { app: undefined, appId: undefined },
  'of another app': { keyLookup: 'k1.other' },
  revoked: { app: { ...app, keys: [{ ...key, endsAt: now }] } },
  'of a disabled app': { app: { ...app, isActive: false } },
  'of a removed app': { app: { ...app, isActive: false, removed: true } },
} satisfies Record<string, Partial<SignInFacts>>;

const users = {
  known: (state: UserState) => ({ user: state, reservation }),
  unknown: () => ({ user: initialUser, reservation: initialReservation, userId: undefined }),
  removed: (state: UserState) => ({ user: { ...state, isActive: false, removed: true }, reservation }),
  'no longer of that name': (state: UserState) => ({ user: { ...state, identifiers: [] }, reservation }),
  'of another name under that claim': (state: UserState) => ({
    user: { ...state, identifiers: [{ ...name, lookup: 'k1.other' }] },
    reservation,
  }),
  'not the holder': (state: UserState) => ({
    user: state,
    reservation: { current: { claimId: 'claim-2', holder: 'user-2', claimedAt: 0 } },
  }),
} satisfies Record<string, (state: UserState) => Partial<SignInFacts>>;

function outcome(facts: SignInFacts): FailureReason | 'succeeded' {
  const verdict = judgeSignIn(facts);
  return verdict.outcome === 'failed' ? verdict.reason : verdict.outcome;
}

const both = [true, false];
const table = Object.keys(keys).flatMap((theKey) =>
  Object.keys(users).flatMap((theUser) =>
    both.flatMap((matches) =>
      both.flatMap((active) =>
        both.flatMap((assigned) => both.map((admin) => ({ theKey, theUser, matches, active, assigned, admin }))),
      ),
    ),
  ),
) as {
  theKey: keyof typeof keys;
  theUser: keyof typeof users;
  matches: boolean;
  active: boolean;
  assigned: boolean;
  admin: boolean;
}[];

describe('POST /verify', () => {
  test.each(table)(
    'key $theKey, user $theUser, password $matches, active $active, assigned $assigned, admin $admin',
    (row) => {
      const state = {
        ...user,
        isActive: row.active,
        isAdmin: row.admin,
        apps: new Map(row.assigned ? [[appId, 1]] : []),
      };
      const facts: SignInFacts = {
        ...good,
        ...keys[row.theKey],
        ...users[row.theUser](state),
        passwordMatches: row.matches,
      };
      const expected = () => {
        if (row.theKey !== 'good') return 'unknown-key';
        if (row.theUser !== 'known') return 'unknown-user';
        if (!row.matches) return 'wrong-password';
        if (!row.active) return 'inactive';
        return row.assigned ? 'succeeded' : 'not-assigned';
      };
      expect(outcome(facts)).toBe(expected());
    },
  );

  test('a key that was rotated with grace counts until the grace is over', () => {
    const rotated = {
      ...app,
      keys: [
        { ...key, endsAt: now + 1 },
        { ...key, keyId: 'key-2', lookup: 'k1.new' },
      ],
    };
    expect(outcome({ ...good, app: rotated })).toBe('succeeded');
    expect(outcome({ ...good, app: rotated, keyLookup: 'k1.new' })).toBe('succeeded');
    expect(outcome({ ...good, app: rotated, now: now + 1 })).toBe('unknown-key');
  });

  test('an address that was never verified names nobody, an unverified user name does', () => {
    const address = { ...name, kind: 'email', verified: false } as const;
    expect(outcome({ ...good, user: { ...good.user, identifiers: [address] } })).toBe('unknown-user');
    expect(outcome({ ...good, user: { ...good.user, identifiers: [{ ...address, verified: true }] } })).toBe(
      'succeeded',
    );
    expect(outcome({ ...good, user: { ...good.user, identifiers: [{ ...name, verified: false }] } })).toBe('succeeded');
  });
});

describe.each<SignInPurpose>(['token', 'session'])('sign-in for a %s', (purpose) => {
  const facts: SignInFacts = { ...good, purpose, app: undefined, appId: undefined, keyLookup: undefined, user };

  test('asks no key and no assignment, and of a token an administrator', () => {
    expect(outcome({ ...facts, user: { ...user, isAdmin: true } })).toBe('succeeded');
    expect(outcome(facts)).toBe(purpose === 'token' ? 'not-administrator' : 'succeeded');
  });

  test('tells nothing before the password was right', () => {
    expect(outcome({ ...facts, passwordMatches: false })).toBe('wrong-password');
    expect(outcome({ ...facts, ...users.unknown() })).toBe('unknown-user');
    expect(outcome({ ...facts, user: { ...user, isActive: false } })).toBe('inactive');
    expect(outcome({ ...facts, user: { ...user, isActive: false }, passwordMatches: false })).toBe('wrong-password');
  });

  test('finds a user by an address that is not verified yet', () => {
    const address = { ...name, kind: 'email', verified: false } as const;
    expect(outcome({ ...facts, user: { ...user, isAdmin: true, identifiers: [address] } })).toBe('succeeded');
  });
});
