import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, registerOn, valueIn } from './fixture.ts';
import { openRegistration, personOn, signUp, stateOf, uniqueAddress, uniqueName } from './people-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openRegistration({ RATE_LIMIT: 'off' });
});
afterAll(() => fixture.remove());

const signIn = (username: string, password = goodPassword) =>
  fixture.service.authenticate({ username, password, purpose: 'session' }, requestContext());

describe('a sign-up', () => {
  it('answers the person, and the evidence of a sign-in that opens one session', async () => {
    const identifier = uniqueAddress();
    const { userId, person, evidence, registered } = valueIn(await signUp(fixture, { identifier, name: 'Ada' }));
    expect(registered).toBe(true);
    expect(person).toMatchObject({ uid: userId, name: 'Ada', isActive: true, status: 'active', isAdmin: false });
    expect(person.identifiers).toMatchObject([{ kind: 'email', value: identifier, verified: false, primary: true }]);
    expect(person.credentials).toMatchObject([{ method: 'password' }]);
    const [signedIn] = await fixture.signIns(userId);
    expect(signedIn).toMatchObject({ type: 'signin.succeeded', data: { purpose: 'session', userId, generation: 1 } });
    expect(evidence).toMatchObject({ stream: streams.signIn('main', userId), revision: 0 });
  });

  it('is hashed for once', async () => {
    const before = fixture.hasher.computed;
    await signUp(fixture);
    expect(fixture.hasher.computed).toBe(before + 1);
  });

  it('is of the new user in the audit trail', async () => {
    const { userId } = valueIn(await signUp(fixture, {}, { clientIp: '203.0.113.9' }));
    const [registered] = await fixture.read(streams.user('main', userId));
    expect(registered?.stored.metadata).toMatchObject({ actor: `user:${userId}` });
  });

  it.each([
    ['+49 30 1234567', 'phone', false],
    ['grace-hopper', 'username', true],
    ['grace@example.com', 'email', false],
  ])('with %s is by a %s, verified: %s', async (identifier, kind, verified) => {
    const { person } = valueIn(await signUp(fixture, { identifier }));
    expect(person.identifiers).toMatchObject([{ kind, value: identifier, verified }]);
    expect(valueIn(await signIn(identifier)).userId).toBe(person.uid);
  });

  it('by a phone number is found however the number is written', async () => {
    const { userId } = valueIn(await signUp(fixture, { identifier: '+49 (221) 555-0199' }));
    expect(valueIn(await signIn('492215550199')).userId).toBe(userId);
    expect(codeOf(await signUp(fixture, { identifier: '+492215550199' }))).toBe('user.phone-taken');
  });

  it('under a known identifier is refused, and nothing changes', async () => {
    const identifier = uniqueAddress();
    const { userId } = valueIn(await signUp(fixture, { identifier }));
    expect(codeOf(await signUp(fixture, { identifier: identifier.toUpperCase() }))).toBe('user.email-taken');
    expect(await fixture.read(streams.user('main', userId))).toHaveLength(3);
  });

  it.each([
    ['an identifier that is none', { identifier: 'a@b@c' }, 'user.email-invalid'],
    ['a kind that it is not of', { identifier: 'no number', kind: 'phone' as const }, 'user.phone-invalid'],
    ['a password that is too short', { password: 'short' }, 'user.password-unacceptable'],
    [
      'the identifier as password',
      { identifier: 'me.as@example.com', password: 'ME.as@example.com' },
      'user.password-unacceptable',
    ],
    ['an audience that nobody allowed', { audience: 'elsewhere' }, 'request.invalid'],
    ['a NUL', { identifier: 'a\0b@example.com' }, 'request.invalid'],
  ])('with %s is refused', async (_what, request, code) => {
    expect(codeOf(await signUp(fixture, request))).toBe(code);
  });

  it('with an audience that nobody allowed says that it is the audience', async () => {
    const reply = await signUp(fixture, { audience: 'elsewhere' });
    expect(reply).toMatchObject({ error: { details: { field: 'audience', reason: expect.any(String) } } });
  });

  it('sent twice as one request is one person with one sign-in', async () => {
    const request = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine: false };
    const context = requestContext();
    const first = valueIn(await fixture.service.registerPerson(request, context));
    const second = valueIn(await fixture.service.registerPerson(request, { ...context, correlationId: 'again' }));
    expect(second).toEqual(first);
    const other = await fixture.service.registerPerson({ ...request, password: 'another good one' }, context);
    expect(codeOf(other)).not.toBe('ok');
  });

  it('of several at once under one identifier comes about once', async () => {
    const identifier = uniqueAddress();
    const replies = await Promise.all(Array.from({ length: 6 }, () => signUp(fixture, { identifier })));
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', ...Array(5).fill('user.email-taken')]);
  });
});

describe('an address that nobody verified', () => {
  it('signs in here, and is found by no other app', async () => {
    const identifier = uniqueAddress();
    const { userId } = valueIn(await signUp(fixture, { identifier }));
    expect(valueIn(await signIn(identifier))).toMatchObject({ userId, person: { uid: userId } });
    const asked = { username: identifier, password: goodPassword, apiKey: 'none' };
    const verified = await fixture.service.verifyCredentials(asked, requestContext());
    expect(valueIn(verified).authorized).toBe(false);
  });

  it.each(['createPerson', 'registerUser'] as const)(
    'gives way to %s of an administrator, and its holder keeps the account without it',
    async (by) => {
      const identifier = uniqueAddress();
      const squatter = valueIn(await signUp(fixture, { identifier }));
      const rightful =
        by === 'createPerson'
          ? (await personOn(fixture, { identifier, password: 'another good one' })).uid
          : valueIn(
              await fixture.service.registerUser(
                { username: uniqueName(), email: identifier, password: 'another good one', isAdmin: false },
                fixture.asAdmin(),
              ),
            ).uid;
      expect((await stateOf(fixture, squatter.userId)).identifiers).toEqual([]);
      expect(valueIn(await signIn(identifier, 'another good one')).userId).toBe(rightful);
      expect(codeOf(await signIn(identifier))).toBe('signin.refused');
    },
  );

  it('is taken over by nobody who signs up, nor by an administrator once it is verified', async () => {
    const identifier = uniqueAddress();
    const { uid } = await personOn(fixture, { identifier });
    expect(codeOf(await signUp(fixture, { identifier }))).toBe('user.email-taken');
    const again = await fixture.service.createPerson({ identifier }, fixture.asAdmin());
    expect(codeOf(again)).toBe('user.email-taken');
    expect((await stateOf(fixture, uid)).identifiers).toHaveLength(1);
  });
});

describe('a login that may register', () => {
  const orSignIn = true;

  it('registers whom nobody knows, once', async () => {
    const identifier = uniqueAddress();
    const first = valueIn(await signUp(fixture, { identifier, orSignIn }));
    const second = valueIn(await signUp(fixture, { identifier, orSignIn }));
    expect([first.registered, second.registered]).toEqual([true, false]);
    expect(second).toMatchObject({ userId: first.userId, person: { uid: first.userId } });
  });

  it('of a known person with a wrong password is refused like any other, and changes nothing', async () => {
    const identifier = uniqueAddress();
    const { userId } = valueIn(await signUp(fixture, { identifier }));
    expect(codeOf(await signUp(fixture, { identifier, orSignIn, password: 'wrong password' }))).toBe('signin.refused');
    expect(valueIn(await signIn(identifier)).userId).toBe(userId);
  });

  it('signs in whom an administrator made through the other contract', async () => {
    const user = await registerOn(fixture, uniqueName());
    for (const identifier of [user.username, user.email]) {
      expect(valueIn(await signUp(fixture, { identifier, orSignIn }))).toMatchObject({
        userId: user.uid,
        registered: false,
      });
    }
  });

  it('does not raise the dead: who was removed is refused', async () => {
    const identifier = uniqueAddress();
    const { uid } = await personOn(fixture, { identifier });
    valueIn(await fixture.service.removePerson({ uid }, fixture.asAdmin()));
    expect(codeOf(await signUp(fixture, { identifier, orSignIn }))).toBe('signin.refused');
  });
});
