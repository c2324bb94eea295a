import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { ChangeUser, ClaimedIdentifier, RegisterUser } from './commands.ts';
import { userDecider } from './decide.ts';
import type { UserEvent } from './events.ts';
import { primaryIdentifier } from './held-identifiers.ts';

const claimed = (kind: 'username' | 'email', value: string, claim: number): ClaimedIdentifier => ({
  kind,
  value,
  lookup: `k1.${value.toLowerCase().replace('@', '-')}`,
  claimId: `00000000-0000-4000-8000-00000000000${claim}`,
  verified: true,
});
const name = claimed('username', 'jdoe', 1);
const address = claimed('email', 'jdoe@example.com', 2);
const added = (identifier: ClaimedIdentifier, primary = true): UserEvent => ({
  type: 'user.identifier-added',
  data: { ...identifier, primary },
});
const appId = '00000000-0000-4000-8000-0000000000aa';

const register: RegisterUser = {
  type: 'register-user',
  number: 5,
  identifiers: [name, address],
  passwordHash: 'sealed-1',
  isAdmin: false,
};
const registered: UserEvent[] = [
  { type: 'user.registered', data: { number: 5 } },
  added(name),
  added(address),
  { type: 'user.password-changed', data: { passwordHash: 'sealed-1', generation: 1 } },
];
const change = (members: Omit<ChangeUser, 'type'>): ChangeUser => ({ type: 'change-user', ...members });
const abandonName = { type: 'abandon-claim', kind: 'username', claimId: name.claimId } as const;
const nameAbandoned: UserEvent = { type: 'user.claim-abandoned', data: { kind: 'username', claimId: name.claimId } };
const removed: UserEvent = { type: 'user.removed', data: { generation: 2, wasActive: true } };

describe('registration', () => {
  test('completes the claims and sets the first password as generation 1', () => {
    given(userDecider, []).when(register).then(registered);
  });

  test('makes an administrator where that is asked for', () => {
    given(userDecider, [])
      .when({ ...register, isAdmin: true })
      .then([...registered, { type: 'user.admin-granted', data: {} }]);
  });

  test('refuses a second registration on the same stream', () => {
    given(userDecider, registered).when(register).then(reject('user.already-registered'));
  });
});

describe('claims', () => {
  test('a claim abandoned before registration is never completed, not even on a retry', () => {
    given(userDecider, []).when(abandonName).then([nameAbandoned]);
    given(userDecider, [nameAbandoned]).when(register).then(reject('user.claim-lost'));
    given(userDecider, [nameAbandoned]).when(register, register).then(reject('user.claim-lost'));
  });

  test('one lost claim of two loses the registration as a whole', () => {
    const addressAbandoned: UserEvent = {
      type: 'user.claim-abandoned',
      data: { kind: 'email', claimId: address.claimId },
    };
    given(userDecider, [addressAbandoned]).when(register).then(reject('user.claim-lost'));
  });

  test('after an abandoned claim the registration goes through under a new claim', () => {
    const again = claimed('username', 'jdoe', 3);
    const state = given(userDecider, [nameAbandoned]).when({ ...register, identifiers: [again, address] }).state;
    expect(primaryIdentifier(state.identifiers, 'username')?.claimId).toBe(again.claimId);
  });

  test('abandoning twice is abandoning once', () => {
    given(userDecider, [nameAbandoned]).when(abandonName).then([]);
  });

  test('a complete claim cannot be abandoned, and a removed user keeps it', () => {
    given(userDecider, registered).when(abandonName).then(reject('user.claim-complete'));
    given(userDecider, [...registered, removed])
      .when(abandonName)
      .then(reject('user.claim-complete'));
  });

  test('an open claim of a removed user can be abandoned', () => {
    const claimId = '00000000-0000-4000-8000-000000000009';
    given(userDecider, [...registered, removed])
      .when({ type: 'abandon-claim', kind: 'email', claimId })
      .then([{ type: 'user.claim-abandoned', data: { kind: 'email', claimId } }]);
  });
});

describe('a changed name or address', () => {
  const other = claimed('username', 'john', 3);

  test('takes the place of the one of its kind and ends that claim', () => {
    given(userDecider, registered)
      .when(change({ identifiers: [other] }))
      .then([added(other), { type: 'user.identifier-removed', data: { kind: 'username', claimId: name.claimId } }]);
  });

  test('is already so the second time', () => {
    given(userDecider, registered)
      .when(change({ identifiers: [other] }), change({ identifiers: [other] }))
      .then([]);
  });

  test('is refused under a claim that has ended', () => {
    given(userDecider, registered)
      .when(change({ identifiers: [other] }), change({ identifiers: [name] }))
      .then(reject('user.claim-lost'));
  });

  test('is refused under a claim that was abandoned, and nothing else of the change happens', () => {
    given(userDecider, registered)
      .when(
        { type: 'abandon-claim', kind: 'username', claimId: other.claimId },
        change({ identifiers: [other], isActive: false }),
      )
      .then(reject('user.claim-lost'));
  });

  test('of case alone keeps the claim and changes what is shown', () => {
    const shown = { ...name, value: 'JDoe' };
    given(userDecider, registered)
      .when(change({ identifiers: [shown] }))
      .then([added(shown)]);
  });

  test('under the claim that stands never takes back that it was verified', () => {
    given(userDecider, registered)
      .when(change({ identifiers: [{ ...address, verified: false }] }))
      .then([]);
    given(userDecider, registered)
      .when(change({ identifiers: [{ ...address, value: 'JDoe@example.com', verified: false }] }))
      .then([added({ ...address, value: 'JDoe@example.com' })]);
  });

  test('set by an administrator verifies the same address', () => {
    given(userDecider, [])
      .when({ ...register, identifiers: [name, { ...address, verified: false }] }, change({ identifiers: [address] }))
      .then([{ type: 'user.identifier-verified', data: { kind: 'email', claimId: address.claimId } }]);
  });

  test('given twice in one command is the last one given', () => {
    const third = claimed('username', 'jack', 4);
    const { state } = given(userDecider, registered).when(change({ identifiers: [other, third] }));
    expect(state.claims.has(other.claimId)).toBe(false);
    expect(primaryIdentifier(state.identifiers, 'username')).toEqual({ ...third, primary: true });
  });
});

describe('security generation', () => {
  test('goes up with a new password, a demotion and a disable, each once', () => {
    const { state } = given(userDecider, registered).when(
      change({ isAdmin: true }),
      change({ passwordHash: 'sealed-2', isAdmin: false, isActive: false }),
    );
    expect(state.generation).toBe(4);
  });

  test('stays with a promotion, a reactivation, a rehash and an assignment', () => {
    const { state } = given(userDecider, registered).when(
      change({ isActive: false }),
      change({ isActive: true, isAdmin: true }),
      { type: 'rehash-password', previous: 'sealed-1', passwordHash: 'sealed-1b' },
      { type: 'assign-app', appId, appNumber: 1 },
    );
    expect(state.generation).toBe(2);
  });

  test('ends the sessions of a generation once', () => {
    const endSessions = { type: 'end-sessions', generation: 1 } as const;
    given(userDecider, registered)
      .when(endSessions)
      .then([{ type: 'user.sessions-ended', data: { generation: 2 } }]);
    given(userDecider, registered).when(endSessions, endSessions).then([]);
  });
});

describe('passwords', () => {
  test('the same sealed hash again is no new password', () => {
    given(userDecider, registered)
      .when(change({ passwordHash: 'sealed-1' }))
      .then([]);
  });

  test('a rehash of the one that stands replaces it once, and ends nothing', () => {
    const rehash = { type: 'rehash-password', previous: 'sealed-1', passwordHash: 'sealed-1b' } as const;
    const rehashed = given(userDecider, registered).when(rehash);
    rehashed.then([{ type: 'user.password-rehashed', data: { passwordHash: 'sealed-1b' } }]);
    expect(rehashed.state).toMatchObject({ passwordHash: 'sealed-1b', generation: 1 });
    given(userDecider, registered).when(rehash, rehash).then([]);
    given(userDecider, registered)
      .when({ ...rehash, passwordHash: 'sealed-1' })
      .then([]);
  });

  test('a rehash gives way to a password changed meanwhile', () => {
    given(userDecider, registered)
      .when(change({ passwordHash: 'sealed-2' }), { type: 'rehash-password', previous: 'sealed-1', passwordHash: 'x' })
      .then([]);
  });
});

describe('apps and removal', () => {
  test('assigning and unassigning twice changes nothing the second time', () => {
    const assign = { type: 'assign-app', appId, appNumber: 3 } as const;
    const unassign = { type: 'unassign-app', appId } as const;
    given(userDecider, registered)
      .when(assign)
      .then([{ type: 'user.app-assigned', data: { appId, appNumber: 3, userNumber: 5 } }]);
    given(userDecider, registered).when(assign, assign).then([]);
    given(userDecider, registered)
      .when(assign, unassign)
      .then([{ type: 'user.app-unassigned', data: { appId, appNumber: 3 } }]);
    given(userDecider, registered).when(assign, unassign, unassign).then([]);
  });

  test('of two apps one can be taken away', () => {
    const other = '00000000-0000-4000-8000-0000000000ab';
    const both = [
      { type: 'assign-app', appId, appNumber: 3 },
      { type: 'assign-app', appId: other, appNumber: 4 },
    ] as const;
    expect([...given(userDecider, registered).when(...both).state.apps]).toEqual([
      [appId, 3],
      [other, 4],
    ]);
    const { state } = given(userDecider, registered).when(...both, { type: 'unassign-app', appId });
    expect([...state.apps]).toEqual([[other, 4]]);
  });

  test('removal ends assignments and power first, for ever', () => {
    given(userDecider, registered)
      .when(change({ isAdmin: true }), { type: 'assign-app', appId, appNumber: 3 }, { type: 'remove-user' })
      .then([
        { type: 'user.app-unassigned', data: { appId, appNumber: 3 } },
        { type: 'user.admin-revoked', data: { generation: 2 } },
        { type: 'user.removed', data: { generation: 3, wasActive: true } },
      ]);
    given(userDecider, [...registered, removed])
      .when(change({ isActive: true }))
      .then(reject('user.unknown'));
    given(userDecider, [...registered, removed])
      .when({ type: 'remove-user' })
      .then(reject('user.unknown'));
  });

  test('nobody is changed before being registered', () => {
    given(userDecider, [])
      .when(change({ isActive: true }))
      .then(reject('user.unknown'));
    given(userDecider, []).when({ type: 'assign-app', appId, appNumber: 1 }).then(reject('user.unknown'));
  });
});

describe('erasure', () => {
  const erase = (identifiers: 'kept' | 'freed') => ({ type: 'erase-user', identifiers }) as const;
  const erased = (identifiers: 'kept' | 'freed'): UserEvent => ({ type: 'user.erased', data: { identifiers } });

  test('removes who was not removed yet, and happens once', () => {
    given(userDecider, registered)
      .when(erase('kept'))
      .then([removed, erased('kept')]);
    given(userDecider, [...registered, removed])
      .when(erase('kept'))
      .then([erased('kept')]);
    given(userDecider, registered).when(erase('kept'), erase('freed')).then([]);
    given(userDecider, [nameAbandoned]).when(erase('kept')).then(reject('user.unknown'));
  });

  test('frees the names where that is asked for', () => {
    const ended = ({ kind, claimId }: ClaimedIdentifier): UserEvent => ({
      type: 'user.identifier-removed',
      data: { kind, claimId },
    });
    given(userDecider, registered)
      .when(erase('freed'))
      .then([removed, ended(name), ended(address), erased('freed')]);
  });

  test('leaves nothing of the person in what is folded', () => {
    const details = { name: 'Ada', avatarUrl: 'https://a.example', customClaims: '{"a":1}', profile: '{"b":2}' };
    const { state } = given(userDecider, registered).when(change(details), erase('kept'));
    expect(state).toMatchObject({
      erased: true,
      passwordHash: '',
      name: '',
      avatarUrl: '',
      customClaims: '',
      profile: '',
    });
    expect(state.identifiers.map(({ value, claimId }) => [value, claimId])).toEqual([
      ['erased', name.claimId],
      ['erased', address.claimId],
    ]);
  });
});
