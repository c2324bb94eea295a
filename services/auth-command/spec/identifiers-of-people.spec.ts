import { randomUUID } from 'node:crypto';
import { requestContext } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, registerOn, valueIn } from './fixture.ts';
import {
  again,
  asPerson,
  openRegistration,
  personOn,
  signUp,
  stateOf,
  uniqueAddress,
  uniqueName,
} from './people-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openRegistration();
});
afterAll(() => fixture.remove());

const add = (userId: string, identifier: string, more: object = {}, context = fixture.asAdmin()) =>
  fixture.service.addIdentifier({ userId, identifier, ...more }, context);
const signIn = async (username: string) =>
  codeOf(
    await fixture.service.authenticate({ username, password: goodPassword, purpose: 'session' }, requestContext()),
  );

describe('another identifier', () => {
  it('signs its user in, verified by who added it', async () => {
    const { uid } = await personOn(fixture);
    const identifier = uniqueAddress();
    const added = valueIn(await add(uid, identifier));
    expect(added).toMatchObject({ kind: 'email', value: identifier, verified: true, primary: false });
    expect(await signIn(identifier)).toBe('ok');
    expect((await stateOf(fixture, uid)).identifiers.map(({ claimId }) => claimId)).toContain(added.id);
  });

  it('that belongs to somebody is refused; one that nobody verified is taken over', async () => {
    const { uid } = await personOn(fixture);
    const other = await personOn(fixture);
    expect(codeOf(await add(uid, other.identifiers[0]?.value ?? ''))).toBe('user.email-taken');
    const identifier = uniqueAddress();
    const { userId: squatter } = valueIn(await signUp(fixture, { identifier }));
    expect(valueIn(await add(uid, identifier)).verified).toBe(true);
    expect((await stateOf(fixture, squatter)).identifiers).toEqual([]);
  });

  it('that a person adds for themself is only what they say', async () => {
    const { uid } = await personOn(fixture, { scopes: ['create:sso/identifier'] });
    const added = await add(uid, uniqueAddress(), { primary: true }, await asPerson(fixture, uid));
    expect(valueIn(added)).toMatchObject({ verified: false, primary: true });
  });

  it('needs the scope also for oneself', async () => {
    const { uid } = await personOn(fixture);
    expect(await add(uid, uniqueAddress(), {}, await asPerson(fixture, uid))).toMatchObject({
      error: { code: 'caller.not-permitted', details: { missing: 'create:sso/identifier' } },
    });
  });

  it('is added once by a repeat, and of several at once by one', async () => {
    const { uid } = await personOn(fixture);
    const identifier = uniqueAddress();
    const context = fixture.asAdmin();
    const first = valueIn(await add(uid, identifier, {}, context));
    expect(valueIn(await add(uid, identifier, {}, context))).toEqual(first);
    const racing = uniqueAddress();
    const people = await Promise.all([1, 2, 3].map(() => personOn(fixture)));
    const codes = (await Promise.all(people.map((person) => add(person.uid, racing)))).map(codeOf);
    expect(codes.toSorted()).toEqual(['ok', 'user.email-taken', 'user.email-taken']);
  });

  it('gives a user of the other contract a phone number, and that one shows their name as before', async () => {
    const user = await registerOn(fixture, uniqueName());
    valueIn(await add(user.uid, '+49 30 5550111', { kind: 'phone' }));
    const shown = valueIn(await fixture.service.changeUser({ id: user.number, isActive: true }, fixture.asAdmin()));
    expect(shown).toMatchObject({ username: user.username, email: user.email });
    expect(await signIn('+49 (30) 555-0111')).toBe('ok');
  });
});

describe('a removed identifier', () => {
  it('signs nobody in, and is free for others', async () => {
    const identifier = uniqueAddress();
    const person = await personOn(fixture, { identifier });
    valueIn(await add(person.uid, uniqueName()));
    const identifierId = person.identifiers[0]?.id ?? '';
    const context = fixture.asAdmin();
    const removal = { userId: person.uid, identifierId };
    expect(valueIn(await fixture.service.removeIdentifier(removal, context)).value).toBe(identifier);
    expect(valueIn(await fixture.service.removeIdentifier(removal, context)).value).toBe(identifier);
    expect(await signIn(identifier)).toBe('signin.refused');
    expect((await personOn(fixture, { identifier })).uid).not.toBe(person.uid);
    expect(codeOf(await fixture.service.removeIdentifier(removal, fixture.asAdmin()))).toBe('user.identifier-unknown');
  });

  it('is never the last', async () => {
    const { uid, identifiers } = await personOn(fixture);
    const removal = { userId: uid, identifierId: identifiers[0]?.id ?? '' };
    expect(codeOf(await fixture.service.removeIdentifier(removal, fixture.asAdmin()))).toBe('user.last-identifier');
  });
});

it('the primary one of a kind is the one that the other contract shows', async () => {
  const user = await registerOn(fixture, uniqueName());
  const second = valueIn(await add(user.uid, uniqueAddress()));
  const asked = { userId: user.uid, identifierId: second.id, primary: true as const };
  expect(valueIn(await fixture.service.changeIdentifier(asked, fixture.asAdmin()))).toEqual({
    ...second,
    primary: true,
  });
  const shown = valueIn(await fixture.service.changeUser({ id: user.number, isActive: true }, fixture.asAdmin()));
  expect(shown.email).toBe(second.value);
  const unknown = { ...asked, identifierId: randomUUID() };
  expect(codeOf(await fixture.service.changeIdentifier(unknown, fixture.asAdmin()))).toBe('user.identifier-unknown');
  expect(codeOf(await fixture.service.changeIdentifier(asked, again(await asPerson(fixture, user.uid))))).toBe(
    'caller.not-permitted',
  );
});
