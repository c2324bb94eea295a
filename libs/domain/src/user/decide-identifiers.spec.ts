import { given } from '@evident/testing';
import { describe, expect, test } from 'vitest';
import { reject } from '../decider.ts';
import type { ClaimedIdentifier } from './commands.ts';
import { userDecider } from './decide.ts';
import type { IdentifierKind, UserEvent } from './events.ts';

const claimOf = (claim: number) => `00000000-0000-4000-8000-00000000000${claim}`;
const claimed = (kind: IdentifierKind, value: string, claim: number, verified = true): ClaimedIdentifier => ({
  kind,
  value,
  lookup: `k1.${value.toLowerCase().replaceAll(/\W/g, '_')}`,
  claimId: claimOf(claim),
  verified,
});
const added = (identifier: ClaimedIdentifier, primary: boolean): UserEvent => ({
  type: 'user.identifier-added',
  data: { ...identifier, primary },
});
const removed = ({ kind, claimId }: ClaimedIdentifier): UserEvent => ({
  type: 'user.identifier-removed',
  data: { kind, claimId },
});
const promoted = ({ kind, claimId }: ClaimedIdentifier): UserEvent => ({
  type: 'user.identifier-promoted',
  data: { kind, claimId },
});
const verified = ({ kind, claimId }: ClaimedIdentifier): UserEvent => ({
  type: 'user.identifier-verified',
  data: { kind, claimId },
});

const address = claimed('email', 'ada@example.com', 1);
const second = claimed('email', 'lovelace@example.com', 2);
const phone = claimed('phone', '+49 30 1234567', 3);
const registered: UserEvent[] = [{ type: 'user.registered', data: { number: 1 } }, added(address, true)];
const withTwo: UserEvent[] = [...registered, added(second, false)];
const add = (identifier: ClaimedIdentifier, primary = false) =>
  ({ type: 'add-identifier', identifier, primary }) as const;
const remove = ({ claimId }: ClaimedIdentifier) => ({ type: 'remove-identifier', claimId }) as const;

describe('another identifier', () => {
  test('is primary where it is the first of its kind, or where it is to be', () => {
    given(userDecider, registered)
      .when(add(phone))
      .then([added(phone, true)]);
    given(userDecider, registered)
      .when(add(second))
      .then([added(second, false)]);
    given(userDecider, registered)
      .when(add(second, true))
      .then([added(second, true)]);
  });

  test('takes its place from the primary one before it, which stays the user’s', () => {
    const { state } = given(userDecider, registered).when(add(second, true));
    expect(state.identifiers.map(({ claimId, primary }) => [claimId, primary])).toEqual([
      [address.claimId, false],
      [second.claimId, true],
    ]);
  });

  test('that the user has already is promoted and verified, and else changes nothing', () => {
    const unverified = [...registered, added({ ...second, verified: false }, false)];
    given(userDecider, unverified)
      .when(add(second, true))
      .then([verified(second), promoted(second)]);
    given(userDecider, withTwo).when(add(second)).then([]);
    given(userDecider, withTwo)
      .when(add({ ...address, verified: false }))
      .then([]);
  });

  test('under a claim that was lost is refused', () => {
    given(userDecider, [...withTwo, removed(second)])
      .when(add(second))
      .then(reject('user.claim-lost'));
  });
});

describe('a changed identifier', () => {
  const change = (claimId: string, more: { primary?: true; verified?: true }) =>
    ({ type: 'change-identifier', claimId, ...more }) as const;

  test('becomes the primary one of its kind', () => {
    const promotes = given(userDecider, withTwo).when(change(second.claimId, { primary: true }));
    promotes.then([promoted(second)]);
    expect(promotes.state.identifiers.map(({ primary }) => primary)).toEqual([false, true]);
    given(userDecider, withTwo)
      .when(change(address.claimId, { primary: true }))
      .then([]);
  });

  test('is verified where that is said, and no other with it', () => {
    const unverified = { ...second, verified: false };
    const both = [
      ...[{ type: 'user.registered', data: { number: 1 } }, added({ ...address, verified: false }, true)],
      added(unverified, false),
    ] as const satisfies UserEvent[];
    const verifies = given(userDecider, both).when(change(second.claimId, { verified: true }));
    verifies.then([verified(second)]);
    expect(verifies.state.identifiers.map((each) => each.verified)).toEqual([false, true]);
    given(userDecider, both).when(change(second.claimId, {})).then([]);
  });

  test('that is not the user’s is unknown', () => {
    given(userDecider, withTwo)
      .when(change(claimOf(9), { primary: true }))
      .then(reject('user.identifier-unknown'));
  });
});

describe('a removed identifier', () => {
  test('leaves its place to the oldest of its kind that is left', () => {
    given(userDecider, withTwo)
      .when(remove(address))
      .then([removed(address), promoted(second)]);
    given(userDecider, withTwo)
      .when(remove(second))
      .then([removed(second)]);
  });

  test('of one kind leaves its place to none of another', () => {
    const name = claimed('username', 'ada', 4);
    given(userDecider, [...registered, added(phone, true), added(second, false)])
      .when(remove(address))
      .then([removed(address), promoted(second)]);
    const first: UserEvent[] = [{ type: 'user.registered', data: { number: 1 } }, added(name, true)];
    given(userDecider, [...first, added(address, true), added(second, false)])
      .when(remove(address))
      .then([removed(address), promoted(second)]);
    given(userDecider, [...first, added(address, true)])
      .when(remove(name))
      .then([removed(name)]);
  });

  test('is never the last one', () => {
    given(userDecider, registered).when(remove(address)).then(reject('user.last-identifier'));
    given(userDecider, withTwo).when(remove(address), remove(second)).then(reject('user.last-identifier'));
  });

  test('is removed once, and was never there where it was not the user’s', () => {
    given(userDecider, withTwo).when(remove(second), remove(second)).then([]);
    given(userDecider, withTwo).when(remove(phone)).then(reject('user.identifier-unknown'));
  });

  test('is no address that the user name is: it may only be the user’s own', () => {
    const name = claimed('username', 'ADA@example.com', 4);
    given(userDecider, [...withTwo, added(name, true)])
      .when(remove(address))
      .then(reject('user.username-needs-change'));
  });
});

describe('an identifier that is yielded', () => {
  const squatted = claimed('email', 'rightful@example.com', 5, false);
  const squatting: UserEvent[] = [{ type: 'user.registered', data: { number: 1 } }, added(squatted, true)];
  const yields = { type: 'yield-identifier', claimId: squatted.claimId } as const;

  test('goes though it is the last, with the user name that is the same address', () => {
    given(userDecider, squatting)
      .when(yields)
      .then([removed(squatted)]);
    const name = claimed('username', squatted.value, 6);
    given(userDecider, [...squatting, added(name, true)])
      .when(yields)
      .then([removed(squatted), removed(name)]);
  });

  test('stays where it was verified', () => {
    given(userDecider, [...squatting, verified(squatted)])
      .when(yields)
      .then(reject('user.claim-complete'));
  });

  test('goes once, and where its holder was removed too', () => {
    given(userDecider, squatting).when(yields, yields).then([]);
    const gone: UserEvent = { type: 'user.removed', data: { generation: 1, wasActive: true } };
    given(userDecider, [...squatting, gone])
      .when(yields)
      .then([removed(squatted)]);
  });
});

test('a name or address set by the contract that knows one of each takes the place of the primary one', () => {
  const other = claimed('email', 'other@example.com', 7);
  given(userDecider, withTwo)
    .when({ type: 'change-user', identifiers: [other] })
    .then([added(other, true), removed(address)]);
  given(userDecider, withTwo)
    .when({ type: 'change-user', identifiers: [second] })
    .then([promoted(second), removed(address)]);
});

test('an address spelled anew by who knows it is verified and primary from then on', () => {
  const before = [...registered, added({ ...second, verified: false }, false)];
  const spelled = { ...second, value: 'Lovelace@example.com' };
  given(userDecider, before)
    .when(add(spelled, true))
    .then([added(spelled, true)]);
  given(userDecider, before)
    .when(add({ ...spelled, verified: false }))
    .then([added({ ...spelled, verified: false }, false)]);
  given(userDecider, withTwo)
    .when(add({ ...address, value: 'Ada@example.com', verified: false }))
    .then([added({ ...address, value: 'Ada@example.com' }, true)]);
});

describe('a user name that is an address', () => {
  const name = claimed('username', 'ADA@example.com', 4);
  const foreign = claimed('username', 'ada@elsewhere.test', 5);
  const change = (...identifiers: ClaimedIdentifier[]) => ({ type: 'change-user', identifiers }) as const;

  test('is one of the user’s own', () => {
    given(userDecider, registered)
      .when(add(name))
      .then([added(name, true)]);
    given(userDecider, registered).when(add(foreign)).then(reject('user.username-needs-change'));
    given(userDecider, registered).when(change(foreign)).then(reject('user.username-needs-change'));
  });

  test('does not stay when the address goes', () => {
    const withName = [...registered, added(name, true)];
    given(userDecider, withName).when(change(second)).then(reject('user.username-needs-change'));
    const newName = claimed('username', second.value, 6);
    given(userDecider, withName)
      .when(change(newName, second))
      .then([added(newName, true), removed(name), added(second, true), removed(address)]);
  });

  test('is refused beside one that was stray before, too', () => {
    const another = claimed('username', 'lovelace@elsewhere.test', 6);
    given(userDecider, [...registered, added(foreign, true)])
      .when(add(another))
      .then(reject('user.username-needs-change'));
  });

  test('is in nobody’s way where it was stray before', () => {
    given(userDecider, [...registered, added(foreign, true)])
      .when(change(second))
      .then([added(second, true), removed(address)]);
  });
});
