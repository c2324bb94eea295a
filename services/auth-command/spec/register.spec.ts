import type { UserObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { openKeyring } from '@evident/log';
import { requestContext, silentLogger } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthCommand } from '../src/create-auth-command.ts';
import { createPasswordSeal } from '../src/passwords/password-seal.ts';
import { authCommandKeyring, openServiceKeys } from '../src/service-keys.ts';
import { codeOf, type Fixture, goodPassword, openFixture, valueIn } from './fixture.ts';

let fixture: Fixture;
let second: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
  second = await fixture.second();
});
afterAll(async () => {
  await second.end();
  await fixture.remove();
});

const wanted = (username: string, email = `${username}@example.com`) => ({
  username,
  email,
  password: goodPassword,
  isAdmin: false,
});
const register = (username: string, email?: string, on = fixture) =>
  on.service.registerUser(wanted(username, email), on.asAdmin());

describe('a registration', () => {
  it('answers the user as its own events have it, and where it is visible', async () => {
    const reply = await register('Ann', 'Ann@Example.com');
    const user = valueIn(reply);
    expect(user).toMatchObject({ username: 'Ann', email: 'Ann@Example.com', isActive: true, isAdmin: false });
    const events = await fixture.read(streams.user('main', user.uid));
    expect(events.map(({ type }) => type)).toEqual([
      'user.registered',
      'user.identifier-added',
      'user.identifier-added',
      'user.password-changed',
    ]);
    expect(reply.ok && reply.position).toBe(events.at(-1)?.stored.position);
    expect(user.createdAt).toBe(events[0]?.stored.recordedAt);
  });

  it('stores neither name, address nor an unsealed hash', async () => {
    const { uid } = valueIn(await register('hush', 'quiet@example.com'));
    const stored = JSON.stringify(await fixture.temporary.log.store.readStream(streams.user('main', uid)));
    for (const secret of ['hush', 'quiet', '$argon2', goodPassword]) expect(stored).not.toContain(secret);
  });

  it('has its password hashed at the cost that is configured', async () => {
    const { temporary, clock, rows } = fixture;
    const config = { ...temporary.config, argon2: { memoryKiB: 128, passes: 3, lanes: 2 } };
    const service = await createAuthCommand({ ...temporary, config, client: rows, logger: silentLogger, now: clock });
    const { uid } = valueIn(await service.registerUser(wanted('dear'), fixture.asAdmin()));
    await service.close();
    const { state } = await temporary.log.states.user.load(streams.user('main', uid));
    const keyring = await openKeyring(temporary.log, {
      ...authCommandKeyring,
      wrappingKey: temporary.masterKey,
      now: clock,
    });
    const hash = createPasswordSeal(openServiceKeys(keyring)).open(uid, state.passwordHash ?? '');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=128,t=3,p=2\$/);
  });

  it('of an administrator counts on the roster', async () => {
    const reply = await fixture.service.registerUser({ ...wanted('boss'), isAdmin: true }, fixture.asAdmin());
    const { uid, isAdmin } = valueIn(reply);
    expect(isAdmin).toBe(true);
    const roster = await fixture.temporary.log.states.roster.load(streams.roster('main'));
    expect(roster.state.administrators.get(uid)).toBe('active');
  });

  it.each([
    ['without a credential', {}, 'caller.not-authenticated'],
    ['with a credential that is none', { credential: 'nonsense' }, 'caller.bad-credential'],
  ])('%s is refused before anything is hashed', async (_how, more, code) => {
    const computed = fixture.hasher.computed;
    expect(codeOf(await fixture.service.registerUser(wanted('eve'), requestContext(more)))).toBe(code);
    expect(fixture.hasher.computed).toBe(computed);
  });

  it.each([
    ['a name that breaks the rules, whatever else does', { username: ' x', email: 'none' }, 'user.username-invalid'],
    ['an address that is none, whatever the password', { email: 'none', password: 'short' }, 'user.email-invalid'],
    ['a password that is too short', { password: 'short' }, 'user.password-unacceptable'],
    [
      'a password that is the name',
      { username: 'longusername', password: 'LongUserName' },
      'user.password-unacceptable',
    ],
    ['a common password', { password: 'Password1' }, 'user.password-unacceptable'],
  ])('with %s is refused', async (_what, more, code) => {
    const reply = await fixture.service.registerUser({ ...wanted('eve'), ...more }, fixture.asAdmin());
    expect(codeOf(reply)).toBe(code);
  });

  it('with the password of the published example is accepted', async () => {
    const request = { ...wanted('johndoe', 'john.doe@example.com'), password: 'password123' };
    expect(codeOf(await fixture.service.registerUser(request, fixture.asAdmin()))).toBe('ok');
  });
});

describe('a name that is taken', () => {
  it('is refused in every case and width, before the address is', async () => {
    valueIn(await register('Straße', 'strasse@example.com'));
    for (const variant of ['straße', 'STRAßE', 'Ｓtraße']) {
      expect(codeOf(await register(variant, 'strasse@example.com'))).toBe('user.username-taken');
    }
    expect(codeOf(await register('other', 'STRASSE@example.com'))).toBe('user.email-taken');
  });

  it('by a removed user stays taken', async () => {
    const { number } = valueIn(await register('gone'));
    valueIn(await fixture.service.removeUser({ id: number }, fixture.asAdmin()));
    expect(codeOf(await register('gone', 'again@example.com'))).toBe('user.username-taken');
  });

  it('is free again where the registration that claimed it was refused for its address', async () => {
    valueIn(await register('owner'));
    expect(codeOf(await register('claimer', 'owner@example.com'))).toBe('user.email-taken');
    expect(codeOf(await register('claimer'))).toBe('ok');
  });
});

describe('64 registrations at once', () => {
  it('of one name and of its variants, by two processes, make one user', async () => {
    const variants = ['racer', 'Racer', 'RACER', 'ｒacer'];
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        register(variants[index % 4] ?? '', `racer${index}@example.com`, index % 2 === 0 ? fixture : second),
      ),
    );
    const codes = replies.map(codeOf);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['ok', 'user.username-taken']));
  });

  it('of different names get different integer ids, found again by them', async () => {
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, index) => register(`many${index}`, undefined, index % 2 === 0 ? fixture : second)),
    );
    const users: UserObject[] = replies.map(valueIn);
    expect(new Set(users.map(({ number }) => number)).size).toBe(64);
    const numbers = await fixture.read(streams.numbers('main', 'user'));
    expect(numbers.map(({ data }) => (data as { value: number }).value)).toEqual(numbers.map((_, index) => index + 1));
    for (const { number, uid } of users) expect(numbers[number - 1]?.data).toEqual({ value: number, holder: uid });
  });
});
