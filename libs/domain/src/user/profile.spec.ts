import { describe, expect, test } from 'vitest';
import type { IdentifierKind, UserEvent } from './events.ts';
import { evolvePerson, type Person } from './person.ts';
import { profileOf, type UserProfile } from './profile.ts';

const claimId = '00000000-0000-4000-8000-000000000001';
const identifier = (kind: IdentifierKind, value: string): UserEvent => ({
  type: 'user.identifier-added',
  data: { kind, value, lookup: 'k1.x', claimId: `${kind}-claim`, verified: true, primary: true },
});

function profileAfter(...events: UserEvent[]): UserProfile | undefined {
  const person = events.reduce<Person | undefined>((before, event, at) => evolvePerson(before, event, at), undefined);
  return person && profileOf(person);
}

const registration: UserEvent[] = [
  { type: 'user.registered', data: { number: 5 } },
  identifier('username', 'jdoe'),
  identifier('email', 'jdoe@example.com'),
];

describe('the profile of a user', () => {
  test('shows name and address as given', () => {
    expect(profileAfter(...registration)).toEqual({
      number: 5,
      username: 'jdoe',
      email: 'jdoe@example.com',
      isActive: true,
      isAdmin: false,
      createdAt: 0,
      updatedAt: 2,
    });
  });

  test('moves its time of change with what others see, not with assignments or a new hash of the same password', () => {
    const unseen: UserEvent[] = [
      { type: 'user.app-assigned', data: { appId: claimId, appNumber: 1, userNumber: 5 } },
      { type: 'user.password-rehashed', data: { passwordHash: 'x' } },
      { type: 'user.app-unassigned', data: { appId: claimId, appNumber: 1 } },
    ];
    expect(profileAfter(...registration, ...unseen)?.updatedAt).toBe(2);
    expect(profileAfter(...registration, ...unseen, identifier('username', 'JDoe'))).toMatchObject({
      username: 'JDoe',
      updatedAt: 6,
    });
  });

  test('is none before registration and after removal, whatever follows', () => {
    expect(profileAfter(identifier('username', 'jdoe'))).toBeUndefined();
    const removed: UserEvent = { type: 'user.removed', data: { generation: 2, wasActive: true } };
    expect(profileAfter(...registration, removed, { type: 'user.reactivated', data: {} })).toBeUndefined();
  });
});
