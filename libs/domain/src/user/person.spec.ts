import { describe, expect, test } from 'vitest';
import type { IdentifierKind, UserEvent } from './events.ts';
import { readJsonObject } from './json-text.ts';
import { evolvePerson, type Person, shownIdentifier } from './person.ts';
import { profileOf } from './profile.ts';

const added = (kind: IdentifierKind, value: string, more: object = {}): UserEvent => ({
  type: 'user.identifier-added',
  data: { kind, value, lookup: 'k1.x', claimId: value, verified: false, primary: true, ...more },
});
const personAfter = (...events: UserEvent[]): Person | undefined =>
  [{ type: 'user.registered', data: { number: 5 } } as UserEvent, ...events].reduce<Person | undefined>(
    (person, event, at) => evolvePerson(person, event, at),
    undefined,
  );

describe('an identifier of a person', () => {
  test('is verified for itself alone', () => {
    const verified: UserEvent = { type: 'user.identifier-verified', data: { kind: 'email', claimId: 'a@b' } };
    const both = [added('email', 'a@b'), added('email', 'c@d', { primary: false })];
    expect(personAfter(...both, verified)?.identifiers).toMatchObject([
      { verified: true, verifiedAt: 3 },
      { verified: false, verifiedAt: null },
    ]);
  });

  test('keeps when it was added and when it was verified, however it is spelled later', () => {
    const verified: UserEvent = { type: 'user.identifier-verified', data: { kind: 'email', claimId: 'a@b' } };
    const spelled = added('email', 'A@b', { claimId: 'a@b', verified: true });
    expect(personAfter(added('email', 'a@b'), verified, spelled)?.identifiers).toMatchObject([
      { value: 'A@b', createdAt: 1, verified: true, verifiedAt: 2 },
    ]);
    expect(personAfter(added('email', 'a@b'))?.identifiers).toMatchObject([{ verified: false, verifiedAt: null }]);
    expect(personAfter(added('email', 'a@b', { verified: true }))?.identifiers).toMatchObject([{ verifiedAt: 1 }]);
  });

  test('is shown where it is the primary one of its kind', () => {
    const person = personAfter(added('email', 'a@b'), added('email', 'c@d'), added('email', 'e@f', { primary: false }));
    expect(person && shownIdentifier(person, 'email')).toBe('c@d');
    expect(person && shownIdentifier(person, 'phone')).toBe('');
  });
});

describe('the user name that is shown to other contracts', () => {
  const nameOf = (...events: UserEvent[]) => {
    const person = personAfter(...events);
    return person && profileOf(person);
  };

  test('is the name, else the address, else the phone number, else nothing', () => {
    const all = [added('phone', '+49 30 1'), added('email', 'a@b'), added('username', 'ada')];
    expect(nameOf(...all)).toMatchObject({ username: 'ada', email: 'a@b' });
    expect(nameOf(...all.slice(0, 2))).toMatchObject({ username: 'a@b', email: 'a@b' });
    expect(nameOf(...all.slice(0, 1))).toMatchObject({ username: '+49 30 1', email: '' });
    expect(nameOf()).toMatchObject({ username: '', email: '' });
  });
});

describe('what is stored as text', () => {
  test('is the object again, and an empty one where it never was one', () => {
    expect(readJsonObject('{"a":{"b":[1,null]}}')).toEqual({ a: { b: [1, null] } });
    for (const text of ['', 'erased', '[]', '1', 'null', '{']) expect(readJsonObject(text)).toEqual({});
  });
});

test('a person without a password has none since it was taken away', () => {
  const set: UserEvent = { type: 'user.password-changed', data: { passwordHash: 'sealed', generation: 1 } };
  expect(personAfter(set)?.passwordSetAt).toBe(1);
  expect(personAfter(set, { type: 'user.password-removed', data: { generation: 2 } })?.passwordSetAt).toBeNull();
});

test('who was just registered is active and has nothing', () => {
  expect(personAfter()).toEqual({
    ...{ number: 5, name: '', identifiers: [], roleIds: [], scopes: [], workspaceRoles: {} },
    ...{ isActive: true, isLimited: false, status: 'active', isAdmin: false, isOwner: false },
    ...{ avatarUrl: '', customClaims: '', profile: '', passwordSetAt: null, createdAt: 0, updatedAt: 0 },
  });
});
