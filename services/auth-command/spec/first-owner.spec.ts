import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { requestContext } from '@evident/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Fixture, goodPassword, valueIn } from './fixture.ts';
import { again, asPerson, openRegistration, signUp, stateOf, uniqueAddress } from './people-fixture.ts';

let fixture: Fixture;
afterEach(() => fixture.remove());

const fromThisMachine = true;
const ownerOf = async () => (await fixture.temporary.log.states.roster.load(streams.roster('main'))).state.owner;

describe('the first person who signs up at this machine', () => {
  it('owns the tenant, administers it, and is shown so at once', async () => {
    fixture = await openRegistration();
    const { userId, person } = valueIn(await signUp(fixture, { fromThisMachine }));
    expect(person).toMatchObject({ isAdmin: true, isOwner: true });
    expect(await stateOf(fixture, userId)).toMatchObject({ isAdmin: true, isOwner: true });
    const { state } = await fixture.temporary.log.states.roster.load(streams.roster('main'));
    expect([state.owner, state.administrators.get(userId)]).toEqual([userId, 'active']);
    const created = fixture.service.createRole({ name: 'Editors' }, again(await asPerson(fixture, userId)));
    expect(valueIn(await created).slug).toBe('editors');
  });

  it('is one, however many sign up at once', async () => {
    fixture = await openRegistration();
    const all = await Promise.all(Array.from({ length: 5 }, () => signUp(fixture, { fromThisMachine })));
    const owners = all.map((reply) => valueIn(reply).person).filter(({ isOwner }) => isOwner);
    expect(owners).toHaveLength(1);
    expect(await ownerOf()).toBe(owners[0]?.uid);
    expect(valueIn(await signUp(fixture, { fromThisMachine })).person.isOwner).toBe(false);
  });

  it('is answered the same when the request is sent again', async () => {
    fixture = await openRegistration();
    const request = { identifier: uniqueAddress(), password: goodPassword, fromThisMachine };
    const context = requestContext();
    const first = valueIn(await fixture.service.registerPerson(request, context));
    expect(valueIn(await fixture.service.registerPerson(request, context))).toEqual(first);
  });

  it('comes into office at the next start where a process ended in the middle', async () => {
    fixture = await openRegistration();
    const { userId } = valueIn(await signUp(fixture));
    await fixture.append(streams.roster('main'), { type: 'roster.owner-claimed', data: { userId } });
    fixture = await fixture.restart();
    fixture.service.start();
    await expect.poll(async () => (await stateOf(fixture, userId)).isOwner).toBe(true);
    expect((await stateOf(fixture, userId)).isAdmin).toBe(true);
  });
});

describe('nobody owns the tenant', () => {
  it('who signs up from elsewhere', async () => {
    fixture = await openRegistration();
    expect(valueIn(await signUp(fixture)).person).toMatchObject({ isAdmin: false, isOwner: false });
    expect(await ownerOf()).toBeUndefined();
  });

  it('where the configuration does not offer it', async () => {
    fixture = await openRegistration({ BOOTSTRAP_FIRST_USER: 'none' });
    expect(valueIn(await signUp(fixture, { fromThisMachine })).person.isOwner).toBe(false);
  });

  it.each([
    ['', 0],
    [', whatever happened on the roster before', 500],
  ])('once an administrator has signed in, be it one who was removed since%s', async (_, before) => {
    fixture = await openRegistration();
    const userId = randomUUID();
    const earlier = Array.from({ length: before }, (_, index) => ({
      type: index % 2 === 0 ? 'roster.granted' : 'roster.revoked',
      data: { userId },
    }));
    if (before > 0) await fixture.append(streams.roster('main'), ...earlier);
    const wanted = { username: 'boss', email: 'boss@example.com', password: goodPassword, isAdmin: true };
    const { number } = valueIn(await fixture.service.registerUser(wanted, fixture.asAdmin()));
    const asked = { username: 'boss', password: goodPassword, purpose: 'token' as const };
    valueIn(await fixture.service.authenticate(asked, requestContext()));
    valueIn(await fixture.service.removeUser({ id: number }, fixture.asAdmin()));
    expect(valueIn(await signUp(fixture, { fromThisMachine })).person.isOwner).toBe(false);
    expect(await ownerOf()).toBeUndefined();
  });
});
