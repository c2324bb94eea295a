import type { RequestContext } from '@evident/contracts';
import { timeOrderedUuid } from '@evident/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, valueIn } from './fixture.ts';
import { again, asPerson, openRegistration, personOn, signUp, uniqueAddress } from './people-fixture.ts';

let fixture: Fixture;
afterEach(() => fixture.remove());

const hour = 3_600_000;

describe('where nobody may register', () => {
  it('known and unknown identifiers are told the same', async () => {
    fixture = await openRegistration({ SELF_REGISTRATION: 'off' });
    const { identifiers } = await personOn(fixture);
    const known = identifiers[0]?.value ?? '';
    for (const orSignIn of [false, true]) {
      const password = orSignIn ? 'wrong password' : goodPassword;
      const replies = [known, uniqueAddress()].map((identifier) => signUp(fixture, { identifier, password, orSignIn }));
      expect((await Promise.all(replies)).map(codeOf)).toEqual(Array(2).fill('user.self-registration-disabled'));
    }
    expect(valueIn(await signUp(fixture, { identifier: known, orSignIn: true })).registered).toBe(false);
  });
});

describe('an address', () => {
  it('registers twenty times an hour, whatever comes of it, and other addresses as before', async () => {
    fixture = await openRegistration();
    const clientIp = '203.0.113.7';
    const taken = uniqueAddress();
    const codes: string[] = [];
    for (let count = 0; count < 20; count++)
      codes.push(codeOf(await signUp(fixture, { identifier: taken }, { clientIp })));
    expect(codes).toEqual(['ok', ...Array(19).fill('user.email-taken')]);
    const refused = await signUp(fixture, {}, { clientIp });
    expect(refused).toMatchObject({ error: { code: 'request.too-many-attempts', retryAfterSeconds: 3_600 } });
    expect(codeOf(await signUp(fixture, { identifier: taken }, { clientIp }))).toBe('request.too-many-attempts');
    expect(codeOf(await signUp(fixture, {}, { clientIp: '203.0.113.8' }))).toBe('ok');
    fixture.clock.advance(hour);
    expect(codeOf(await signUp(fixture, {}, { clientIp }))).toBe('ok');
  });

  it('that is at its limit still signs in who is known, and only them', async () => {
    fixture = await openRegistration();
    const clientIp = '203.0.113.7';
    const identifier = uniqueAddress();
    valueIn(await signUp(fixture, { identifier }, { clientIp }));
    for (let count = 0; count < 19; count++) await signUp(fixture, { password: 'short' }, { clientIp });
    const orSignIn = true;
    expect(valueIn(await signUp(fixture, { identifier, orSignIn }, { clientIp })).registered).toBe(false);
    for (const request of [{ orSignIn }, { identifier, orSignIn, password: 'wrong password' }]) {
      expect(codeOf(await signUp(fixture, request, { clientIp }))).toBe('request.too-many-attempts');
    }
  });

  it('is not charged for those who are known and sign in', async () => {
    fixture = await openRegistration();
    const clientIp = '203.0.113.7';
    const identifier = uniqueAddress();
    valueIn(await signUp(fixture, { identifier }, { clientIp }));
    for (let count = 0; count < 25; count++)
      valueIn(await signUp(fixture, { identifier, orSignIn: true }, { clientIp }));
    expect(codeOf(await signUp(fixture, {}, { clientIp }))).toBe('ok');
  });
});

it('one’s own profile is changed six hundred times an hour, and by others as before: the log keeps every change', async () => {
  fixture = await openRegistration();
  const { uid: userId } = await personOn(fixture);
  const own = await asPerson(fixture, userId);
  const change = (context: RequestContext) =>
    fixture.service.changeProfile(
      { userId, data: { at: fixture.clock() }, merge: true },
      { ...again(context), commandId: timeOrderedUuid(fixture.clock()) },
    );
  const codes = new Map<string, number>();
  for (let count = 0; count < 602; count++) {
    fixture.clock.advance(1_000);
    const code = codeOf(await change(own));
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect(Object.fromEntries(codes)).toEqual({ ok: 600, 'request.too-many-attempts': 2 });
  expect(codeOf(await change(fixture.asAdmin()))).toBe('ok');
  fixture.clock.advance(hour);
  expect(codeOf(await change(await asPerson(fixture, userId)))).toBe('ok');
});
