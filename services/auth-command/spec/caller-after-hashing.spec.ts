import type { Reply, RequestContext } from '@evident/contracts';
import { streams } from '@evident/domain';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';
import { openRegistration, personOn, signUp, stateOf, uniqueAddress, uniqueName } from './people-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterEach(() => {
  fixture.hasher.whileHashing = undefined;
});
afterAll(() => fixture.remove());

const more = 'manage:billing/invoice';
type Act = (context: RequestContext) => Promise<Reply<unknown>>;

/** What the caller holds at first, what is left while a hash is computed, and what they ask for. */
const cases: Record<string, readonly [string[], string[], () => Promise<Act>]> = {
  'a password for somebody, without the scope for it': [
    ['create:sso/credential'],
    [],
    async () => {
      const { uid: userId } = await personOn(fixture);
      return (context) =>
        fixture.service.addCredential({ userId, method: 'password', secret: 'another good one' }, context);
    },
  ],
  'a password for somebody who has more by then': [
    ['create:sso/credential', more],
    ['create:sso/credential'],
    async () => {
      const { uid: userId } = await personOn(fixture, { scopes: [more] });
      return (context) =>
        fixture.service.addCredential({ userId, method: 'password', secret: 'another good one' }, context);
    },
  ],
  'a new person, without the scope for it': [
    ['create:sso/user'],
    [],
    async () => (context) =>
      fixture.service.createPerson({ identifier: uniqueAddress(), password: goodPassword }, context),
  ],
  'a new person with a scope that is gone': [
    ['create:sso/user', more],
    ['create:sso/user'],
    async () => (context) =>
      fixture.service.createPerson({ identifier: uniqueAddress(), password: goodPassword, scopes: [more] }, context),
  ],
  'a password for a user who has more by then': [
    ['update:sso/user', more],
    ['update:sso/user'],
    async () => {
      const { number: id, uid } = await registerOn(fixture, uniqueName());
      await fixture.append(streams.user('main', uid), { type: 'user.scopes-assigned', data: { scopes: [more] } });
      return (context) => fixture.service.changeUser({ id, password: 'another good one' }, context);
    },
  ],
  'an administrator, without all power': [
    ['*:*'],
    ['create:sso/user'],
    async () => (context) => {
      const username = uniqueName();
      const email = `${username}@example.com`;
      return fixture.service.registerUser({ username, email, password: goodPassword, isAdmin: true }, context);
    },
  ],
};

it.each(Object.entries(cases))(
  'who loses power while a hash is computed does not set %s',
  async (_, [held, left, prepare]) => {
    const act = await prepare();
    const allowed = await fixture.holderOf(...held);
    expect(codeOf(await act(allowed.context))).toBe('ok');
    const again = await prepare();
    const { userId, context } = await fixture.holderOf(...held);
    fixture.hasher.whileHashing = async () => {
      fixture.hasher.whileHashing = undefined;
      await fixture.append(streams.user('main', userId), { type: 'user.scopes-assigned', data: { scopes: left } });
    };
    expect(codeOf(await again(context))).toBe('caller.not-permitted');
  },
);

it.each(['createPerson', 'registerUser'] as const)(
  'who loses power while a hash is computed takes no address from whoever has more: %s',
  async (by) => {
    const open = await openRegistration();
    const email = uniqueAddress();
    const { userId: holder } = valueIn(await signUp(open, { identifier: email }));
    const assign = (userId: string, ...scopes: string[]) =>
      open.append(streams.user('main', userId), { type: 'user.scopes-assigned', data: { scopes } });
    await assign(holder, more);
    const { userId, context } = await open.holderOf('create:sso/user', 'update:sso/user', more);
    open.hasher.whileHashing = async () => {
      open.hasher.whileHashing = undefined;
      await assign(userId, 'create:sso/user', 'update:sso/user');
    };
    const { service } = open;
    const wanted = { username: uniqueName(), email, password: goodPassword, isAdmin: false };
    const taken =
      by === 'createPerson'
        ? await service.createPerson({ identifier: email, password: goodPassword }, context)
        : await service.registerUser(wanted, context);
    expect(codeOf(taken)).toBe('user.email-taken');
    expect((await stateOf(open, holder)).identifiers).toHaveLength(1);
    await open.remove();
  },
);
