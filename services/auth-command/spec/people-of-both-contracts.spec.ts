import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, registerOn, valueIn } from './fixture.ts';
import { openRegistration, personOn, signUp, stateOf, uniqueAddress, uniqueName } from './people-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openRegistration();
});
afterAll(() => fixture.remove());

type Change = Omit<Parameters<Fixture['service']['changeUser']>[0], 'id'>;
const change = (id: number, members: Change) => fixture.service.changeUser({ id, ...members }, fixture.asAdmin());
const signIn = async (username: string, purpose: 'session' | 'token' = 'session') =>
  codeOf(await fixture.service.authenticate({ username, password: goodPassword, purpose }, requestContext()));

describe('a person without a user name', () => {
  it('is shown under the address, else under the phone number, neither of which is a claim', async () => {
    const byAddress = await personOn(fixture);
    const address = byAddress.identifiers[0]?.value ?? '';
    expect(valueIn(await change(byAddress.number, {}))).toMatchObject({ username: address, email: address });
    const byPhone = await personOn(fixture, { identifier: '+49 30 5550199' });
    expect(valueIn(await change(byPhone.number, {}))).toMatchObject({ username: '+49 30 5550199', email: '' });
    expect((await stateOf(fixture, byPhone.uid)).identifiers.map(({ kind }) => kind)).toEqual(['phone']);
  });

  it('keeps being shown so when the address changes', async () => {
    const { number } = await personOn(fixture);
    const email = uniqueAddress();
    expect(valueIn(await change(number, { email }))).toMatchObject({ username: email, email });
  });

  it('gets a name and an address like anybody, and signs in with each', async () => {
    const { number, uid } = await personOn(fixture, { identifier: '+49 30 5550177' });
    const [username, email] = [uniqueName(), uniqueAddress()];
    expect(valueIn(await change(number, { username, email }))).toMatchObject({ username, email });
    for (const typed of [username, email, '+49 30 5550177']) expect(await signIn(typed)).toBe('ok');
    expect((await stateOf(fixture, uid)).identifiers).toHaveLength(3);
  });
});

describe('an address set by an administrator', () => {
  it('takes the place of the primary one, and leaves the others', async () => {
    const user = await registerOn(fixture, uniqueName());
    const second = uniqueAddress();
    valueIn(await fixture.service.addIdentifier({ userId: user.uid, identifier: second }, fixture.asAdmin()));
    const third = uniqueAddress();
    expect(valueIn(await change(user.number, { email: third })).email).toBe(third);
    expect([await signIn(user.email), await signIn(second), await signIn(third)]).toEqual([
      'signin.refused',
      'ok',
      'ok',
    ]);
    expect(valueIn(await change(user.number, { email: second })).email).toBe(second);
    expect(await signIn(third)).toBe('signin.refused');
  });

  it('is verified by it, where its own user had typed it in', async () => {
    const identifier = uniqueAddress();
    const { userId, person } = valueIn(await signUp(fixture, { identifier }));
    valueIn(await change(person.number, { email: identifier.toUpperCase() }));
    expect((await stateOf(fixture, userId)).identifiers).toMatchObject([
      { value: identifier.toUpperCase(), verified: true },
    ]);
  });
});

it('an administrator is one in both: an unverified address gets a token too', async () => {
  const identifier = uniqueAddress();
  const { person } = valueIn(await signUp(fixture, { identifier }));
  expect(await signIn(identifier, 'token')).toBe('signin.not-administrator');
  expect(valueIn(await change(person.number, { isAdmin: true })).isAdmin).toBe(true);
  expect(await signIn(identifier, 'token')).toBe('ok');
});
