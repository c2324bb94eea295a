import { randomUUID } from 'node:crypto';
import type { UserObject } from '@evident/contracts';
import { streams } from '@evident/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administratorOnLog } from './caller-on-log.ts';
import { codeOf, type Fixture, goodPassword, openFixture, registerOn, valueIn } from './fixture.ts';

let fixture: Fixture;
let user: UserObject;
let serial = 0;

beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.remove());
beforeEach(async () => {
  fixture.appends.before = undefined;
  user = await registerOn(fixture, `person${++serial}`);
});

type Change = Omit<Parameters<Fixture['service']['changeUser']>[0], 'id'>;
const change = (members: Change, id = user.number) => fixture.service.changeUser({ id, ...members }, fixture.asAdmin());
const typesOf = async (uid = user.uid) => (await fixture.read(streams.user('main', uid))).map(({ type }) => type);
const stateOf = async (uid = user.uid) =>
  (await fixture.temporary.log.states.user.load(streams.user('main', uid))).state;

describe('a change', () => {
  it('of nothing changes nothing and answers the user', async () => {
    const before = await typesOf();
    expect(valueIn(await change({}))).toEqual(user);
    expect(valueIn(await change({ username: user.username, email: user.email, isActive: true }))).toEqual(user);
    expect(await typesOf()).toEqual(before);
  });

  it('of everything at once answers the user as it is then', async () => {
    fixture.clock.advance(1_000);
    const email = `other${serial}@example.com`;
    const changed = valueIn(
      await change({ username: `other${serial}`, email, password: 'another good one', isActive: false, isAdmin: true }),
    );
    expect(changed).toMatchObject({ uid: user.uid, username: `other${serial}`, email, isActive: false, isAdmin: true });
    expect(changed.updatedAt).toBeGreaterThan(user.updatedAt);
  });

  it('of case alone keeps the claim and shows the new spelling', async () => {
    const { identifiers } = await stateOf();
    const spelled = user.username.toUpperCase();
    expect(valueIn(await change({ username: spelled })).username).toBe(spelled);
    expect((await stateOf()).identifiers[0]?.claimId).toBe(identifiers[0]?.claimId);
  });

  it('frees the old name at once, and takes a name that was freed', async () => {
    valueIn(await change({ username: `renamed${serial}` }));
    const other = await registerOn(fixture, `second${serial}`);
    expect(codeOf(await change({ username: `renamed${serial}` }, other.number))).toBe('user.username-taken');
    expect(valueIn(await change({ username: user.username }, other.number)).username).toBe(user.username);
  });

  it.each([
    ['an unknown id', 999_999],
    ['an id that cannot exist', -1],
    ['the number of an event that is no whole number', 1.5],
  ])('of %s finds no user', async (_what, id) => {
    expect(codeOf(await change({ isActive: false }, id))).toBe('user.unknown');
  });

  it('of a removed user finds none', async () => {
    valueIn(await fixture.service.removeUser({ id: user.number }, fixture.asAdmin()));
    expect(codeOf(await change({ isActive: true }))).toBe('user.unknown');
    expect(codeOf(await fixture.service.removeUser({ id: user.number }, fixture.asAdmin()))).toBe('user.unknown');
  });
});

describe('a change is all or nothing', () => {
  it('where name or address are taken, the name being told first', async () => {
    const other = await registerOn(fixture, `holder${serial}`);
    const before = await stateOf();
    const both = await change({ username: other.username, email: other.email, isActive: false });
    expect(codeOf(both)).toBe('user.username-taken');
    const email = await change({ username: `free${serial}`, email: other.email, isActive: false, isAdmin: true });
    expect(codeOf(email)).toBe('user.email-taken');
    const after = await stateOf();
    expect(after).toMatchObject({ identifiers: before.identifiers, isActive: true, isAdmin: false });
    expect(codeOf(await change({ username: `free${serial}` }, other.number))).toBe('ok');
  });

  it.each([
    ['a name that breaks the rules', { username: 'a\tb' }, 'user.username-invalid'],
    ['an address that is none', { email: 'nobody' }, 'user.email-invalid'],
    [
      'a password that is the new name',
      { username: 'brandnewname', password: 'BrandNewName' },
      'user.password-unacceptable',
    ],
  ])('with %s', async (_what, members, code) => {
    const before = await typesOf();
    expect(codeOf(await change({ ...members, isActive: false }))).toBe(code);
    expect(await typesOf()).toEqual(before);
  });

  it('where the name is the old address and would be nobody’s', async () => {
    const email = `name${serial}@example.com`;
    const request = { username: email, email, password: goodPassword, isAdmin: false };
    const { number } = valueIn(await fixture.service.registerUser(request, fixture.asAdmin()));
    const moved = `moved${serial}@example.com`;
    expect(codeOf(await change({ email: moved }, number))).toBe('user.username-needs-change');
    expect(valueIn(await change({ email: moved, username: moved }, number))).toMatchObject({ username: moved });
    expect(valueIn(await change({ email: moved.toUpperCase() }, number)).email).toBe(moved.toUpperCase());
  });

  it('also where the name became the old address at the same moment, or beside another name', async () => {
    const both = await Promise.all([change({ username: user.email }), change({ email: `gone${serial}@example.com` })]);
    expect(both.map(codeOf).toSorted()).toEqual(['ok', 'user.username-needs-change']);
    const other = await registerOn(fixture, `another${serial}`);
    const name = { userId: other.uid, identifier: other.email, kind: 'username' as const };
    valueIn(await fixture.service.addIdentifier(name, fixture.asAdmin()));
    expect(codeOf(await change({ email: `left${serial}@example.com` }, other.number))).toBe(
      'user.username-needs-change',
    );
  });
});

it('an administrator loses their power with their next request', async () => {
  const other = await administratorOnLog(fixture.temporary);
  const context = () => fixture.asAdmin({ credential: other.token });
  expect(codeOf(await fixture.service.changeUser({ id: user.number, isActive: false }, context()))).toBe('ok');
  await fixture.append(streams.user('main', other.userId), { type: 'user.deactivated', data: { generation: 2 } });
  const reply = await fixture.service.changeUser({ id: user.number, isActive: true }, context());
  expect(codeOf(reply)).toBe('caller.bad-credential');
});

describe('security generation', () => {
  it('goes up with a new password, a disable and a removal', async () => {
    valueIn(await change({ password: 'another good one' }));
    expect((await stateOf()).generation).toBe(2);
    valueIn(await change({ isActive: false }));
    expect((await stateOf()).generation).toBe(3);
    valueIn(await fixture.service.removeUser({ id: user.number }, fixture.asAdmin()));
    expect((await stateOf()).generation).toBe(4);
  });
});

describe('metadata', () => {
  it('says who, from where and because of what, with the client sealed', async () => {
    const context = fixture.asAdmin({ causationId: randomUUID() });
    valueIn(await fixture.service.changeUser({ id: user.number, isActive: false }, context));
    const event = (await fixture.read(streams.user('main', user.uid))).at(-1);
    expect(event?.stored.metadata).toMatchObject({
      tenant: 'main',
      actor: expect.stringMatching(/^user:/),
      commandId: context.commandId,
      correlationId: context.correlationId,
      causationId: context.causationId,
      fingerprint: expect.any(String),
    });
    expect(JSON.stringify(event?.stored)).not.toContain(context.clientIp);
    expect(await event?.client()).toEqual({ ip: context.clientIp, userAgent: context.userAgent });
  });
});
